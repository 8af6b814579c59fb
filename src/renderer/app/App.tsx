import { DatabaseZap } from 'lucide-react';
import { SignIn } from '../features/sign-in/index.ts';
import { useTranslate } from '../i18n/index.ts';
import { useAppState } from '../stores/index.ts';
import { Empty, Logo } from '../ui/index.ts';
import { Shell } from './Shell.tsx';
import { Toasts } from './Toasts.tsx';
import './app.css';

function Starting() {
  const { t } = useTranslate();
  return (
    <main className="starting" aria-busy="true">
      <Logo isLarge />
      <p>{t('app.starting')}</p>
    </main>
  );
}

function Screen() {
  const { t } = useTranslate();
  const phase = useAppState((state) => state.app?.phase ?? 'starting');
  const signIn = useAppState((state) => state.app?.signIn);
  switch (phase) {
    case 'starting':
      return <Starting />;
    case 'storeUnavailable':
      return (
        <main className="store-unavailable">
          <h1 className="visually-hidden">{t('app.name')}</h1>
          <Empty
            icon={<DatabaseZap size={26} />}
            title={t('app.storeUnavailableTitle')}
            text={t('app.storeUnavailable')}
          />
        </main>
      );
    case 'signedOut':
      return signIn ? <SignIn signIn={signIn} /> : <Starting />;
    case 'ready':
      return <Shell />;
  }
}

/** The window: one of its screens, and what is said over any of them. */
export function App() {
  return (
    <>
      <Screen />
      <Toasts />
    </>
  );
}
