import { useTranslate } from '../../i18n/index.ts';

interface SureProps {
  /** What will happen, said before it does. */
  text: string;
  confirm: string;
  isDangerous?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Says what something means where it was asked for, and asks once. */
export function Sure({ text, confirm, isDangerous = false, onConfirm, onCancel }: SureProps) {
  const { t } = useTranslate();
  return (
    <div className="removal" role="group" aria-label={confirm}>
      <p>{text}</p>
      <div className="removal__buttons">
        <button type="button" className="button button--compact" autoFocus onClick={onCancel}>
          {t('picker.cancel')}
        </button>
        <button
          type="button"
          className={`button button--compact ${isDangerous ? 'button--danger' : 'button--primary'}`}
          onClick={onConfirm}
        >
          {confirm}
        </button>
      </div>
    </div>
  );
}
