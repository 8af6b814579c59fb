import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useEffect } from 'react';
import { DoneToast } from '../features/actions/index.ts';
import { useTranslate, type SentenceKey } from '../i18n/index.ts';
import { useActions, useAppState, type Toast } from '../stores/index.ts';

const SHOWN_MS = { error: 8_000, info: 3_000 };

function ToastView({ toast }: { toast: Toast }) {
  const { t } = useTranslate();
  const actions = useActions();
  useEffect(() => {
    const timer = setTimeout(() => actions.dismissToast(toast.id), SHOWN_MS[toast.tone]);
    return () => clearTimeout(timer);
  }, [actions, toast]);
  const { reasonKey, name, ...values } = toast.values ?? {};
  const reason = reasonKey === undefined ? '' : t(reasonKey as SentenceKey);
  const sentence = t(toast.key, { ...values, reason });
  const words = name ? `${sentence} · ${name}` : sentence;
  const Icon = toast.tone === 'error' ? CircleAlert : CircleCheck;
  return (
    <div className={`toast toast--${toast.tone}`}>
      <Icon size={18} aria-hidden="true" />
      <p>{words}</p>
      <button
        type="button"
        className="icon-button icon-button--small"
        aria-label={t('app.close')}
        onClick={() => actions.dismissToast(toast.id)}
      >
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  );
}

/** Short words that go away by themselves. */
export function Toasts() {
  const toasts = useAppState((state) => state.ui.toasts);
  return (
    <div className="toasts" role="status">
      {toasts.map((toast) => (
        <ToastView key={toast.id} toast={toast} />
      ))}
      <DoneToast />
    </div>
  );
}
