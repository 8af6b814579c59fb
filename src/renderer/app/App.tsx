import { SignIn } from '../features/sign-in/index.ts';
import { useTranslate } from '../i18n/index.ts';
import { useAppState } from '../stores/index.ts';
import { Logo } from '../ui/index.ts';
import { Outdated } from './Outdated.tsx';
import { Shell } from './Shell.tsx';
import { StoreUnavailable } from './StoreUnavailable.tsx';
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
  const phase = useAppState((state) => state.app?.phase ?? 'starting');
  const signIn = useAppState((state) => state.app?.signIn);
  const failure = useAppState((state) => state.app?.storeFailure ?? 'crashed');
  const isOutdated = useAppState((state) => state.app?.sync.phase === 'outdated' && !state.ui.readsOutdated);
  switch (phase) {
    case 'starting':
      return <Starting />;
    case 'storeUnavailable':
      return <StoreUnavailable key={failure} failure={failure} />;
    case 'signedOut':
      return signIn ? <SignIn signIn={signIn} /> : <Starting />;
    case 'ready':
      return isOutdated ? <Outdated /> : <Shell />;
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
