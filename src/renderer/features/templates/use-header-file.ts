import { isMediaHeader, readTemplate } from '@recado/protocol';
import { useEffect, useState } from 'react';
import type { FileView, TemplateView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';
import { refusalWords } from '../media/index.ts';

/** The file of a template's media header: of the right kind, or why not. Files dropped or pasted anywhere are taken too. */
export function useHeaderFile(template: Pick<TemplateView, 'components'> | null) {
  const translation = useTranslate();
  const { t } = translation;
  const actions = useActions();
  const [file, setFile] = useState<FileView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const header = template === null ? null : readTemplate(template).header;
  const kind = header !== null && isMediaHeader(header) ? header.kind : null;
  // A file of another kind does not go with this template.
  const fitting = file !== null && file.kind === kind ? file : null;

  async function choose(chosen: File) {
    if (kind === null) return;
    setProblem(null);
    const taken = await actions.takeIn(chosen, {});
    if ('file' in taken) {
      if (taken.file.kind === kind) setFile(taken.file);
      else setProblem(`${chosen.name}: ${t(`templates.wrongKind.${kind}`)}`);
    } else if ('refusal' in taken) setProblem(`${chosen.name}: ${refusalWords(taken.refusal, translation)}`);
    else setProblem(t(`errors.${taken.error.code}`));
  }

  useEffect(() => {
    if (kind === null) return undefined;
    function onPaste(event: globalThis.ClipboardEvent) {
      const [pasted] = event.clipboardData?.files ?? [];
      if (!pasted) return;
      event.preventDefault();
      void choose(pasted);
    }
    function onOver(event: globalThis.DragEvent) {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    }
    function onDrop(event: globalThis.DragEvent) {
      const [dropped] = event.dataTransfer?.files ?? [];
      if (!dropped) return;
      event.preventDefault();
      void choose(dropped);
    }
    window.addEventListener('paste', onPaste);
    window.addEventListener('dragover', onOver);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('paste', onPaste);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('drop', onDrop);
    };
    // Listens as long as the kind of header stays.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [kind]);

  return {
    kind,
    file: fitting,
    problem,
    choose: (chosen: File) => void choose(chosen),
    remove: () => setFile(null),
  };
}
