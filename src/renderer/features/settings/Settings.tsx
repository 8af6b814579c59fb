import {
  Bell,
  BellRing,
  Clock,
  HardDrive,
  Inbox,
  Laptop,
  LayoutTemplate,
  Plug,
  SquareSlash,
  Tag,
  UserRound,
  UsersRound,
} from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Directory } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { SETTINGS_SECTIONS, useActions, useAppState, type SettingsSection } from '../../stores/index.ts';
import { Dialog } from '../../ui/index.ts';
import { InboxSection, TagsSection, TeamsSection } from '../clinic/index.ts';
import { QuickReplySettings } from '../quick-replies/index.ts';
import { TemplateSection } from '../templates/index.ts';
import { AgentsSection } from './AgentsSection.tsx';
import { DevicesSection } from './DevicesSection.tsx';
import { HoursSection, type HoursDraft } from './HoursSection.tsx';
import { IntegrationsSection } from './IntegrationsSection.tsx';
import { NotificationsSection } from './NotificationsSection.tsx';
import { RemindersSection } from './RemindersSection.tsx';
import { StorageSection } from './StorageSection.tsx';
import './settings.css';

const ICONS = {
  agents: UserRound,
  teams: UsersRound,
  tags: Tag,
  templates: LayoutTemplate,
  quickReplies: SquareSlash,
  hours: Clock,
  inbox: Inbox,
  reminders: BellRing,
  integrations: Plug,
  devices: Laptop,
  storage: HardDrive,
  notifications: Bell,
} as const;

interface SectionProps {
  directory: Directory;
  isAdmin: boolean;
}

const SECTIONS: Record<Exclude<SettingsSection, 'hours'>, (props: SectionProps) => ReactNode> = {
  agents: AgentsSection,
  teams: TeamsSection,
  tags: TagsSection,
  templates: TemplateSection,
  quickReplies: QuickReplySettings,
  inbox: InboxSection,
  reminders: RemindersSection,
  integrations: IntegrationsSection,
  devices: DevicesSection,
  storage: StorageSection,
  notifications: NotificationsSection,
};

/** Everything the clinic and this PC can be told, in one place; open at one of its parts. */
export function Settings() {
  const { t } = useTranslate();
  const actions = useActions();
  const section = useAppState((state) => state.ui.dialog);
  const directory = useAppState((state) => state.directory);
  const content = useRef<HTMLDivElement>(null);
  const [hours, setHours] = useState<HoursDraft | null>(null);
  useEffect(() => {
    content.current?.scrollTo({ top: 0 });
  }, [section]);
  if (section === null || directory === null) return null;
  const isAdmin = directory.agents.some((agent) => agent.isMe && agent.role === 'admin');
  // What others are signed in on, and which programs write here, is for administrators.
  const shown = SETTINGS_SECTIONS.filter(
    (each) => isAdmin || (each !== 'devices' && each !== 'integrations'),
  );
  const Section = section === 'hours' ? null : SECTIONS[section];

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
    const by = steps[event.key];
    const next = by === undefined ? undefined : shown[shown.indexOf(section ?? 'agents') + by];
    if (next === undefined) return;
    event.preventDefault();
    actions.changeUi({ dialog: next });
    event.currentTarget.querySelector<HTMLElement>(`[data-section="${next}"]`)?.focus();
  }

  return (
    <Dialog
      title={t('settings.title')}
      closeLabel={t('app.close')}
      onClose={() => actions.changeUi({ dialog: null })}
      isPage
    >
      <div className="preferences">
        <div
          className="preferences__nav"
          role="tablist"
          aria-label={t('settings.sections')}
          aria-orientation="vertical"
          onKeyDown={onKeyDown}
        >
          {shown.map((each) => {
            const Icon = ICONS[each];
            return (
              <button
                key={each}
                type="button"
                role="tab"
                id={`settings-${each}`}
                data-section={each}
                aria-selected={each === section}
                aria-controls="settings-panel"
                tabIndex={each === section ? 0 : -1}
                className="preferences__tab"
                data-autofocus={each === section ? '' : undefined}
                onClick={() => actions.changeUi({ dialog: each })}
              >
                <Icon size={17} aria-hidden="true" />
                {t(`settings.section.${each}`)}
              </button>
            );
          })}
        </div>
        <div
          key={section}
          ref={content}
          id="settings-panel"
          role="tabpanel"
          aria-labelledby={`settings-${section}`}
          className="preferences__content"
        >
          <h3 className="preferences__title">{t(`settings.section.${section}`)}</h3>
          {Section === null ? (
            <HoursSection directory={directory} isAdmin={isAdmin} draft={hours} onDraft={setHours} />
          ) : (
            <Section directory={directory} isAdmin={isAdmin} />
          )}
        </div>
      </div>
    </Dialog>
  );
}
