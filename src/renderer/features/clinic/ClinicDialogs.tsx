import { useActions, useAppState } from '../../stores/index.ts';
import { SettingsDialog } from './SettingsDialog.tsx';
import { TagsDialog } from './TagsDialog.tsx';
import { TeamsDialog } from './TeamsDialog.tsx';
import './clinic.css';

const DIALOGS = { tags: TagsDialog, teams: TeamsDialog, settings: SettingsDialog } as const;

/** The dialog about the clinic that is open, if any. */
export function ClinicDialogs() {
  const actions = useActions();
  const which = useAppState((state) => state.ui.dialog);
  const directory = useAppState((state) => state.directory);
  if (which === null || directory === null) return null;
  const Which = DIALOGS[which];
  return <Which directory={directory} onClose={() => actions.changeUi({ dialog: null })} />;
}
