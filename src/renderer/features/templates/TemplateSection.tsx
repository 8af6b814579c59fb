import { lazy, Suspense } from 'react';

const TemplateSettings = lazy(async () => ({
  default: (await import('./TemplateSettings.tsx')).TemplateSettings,
}));

/** The clinic's templates for the settings screen; they come only when they are looked at. */
export function TemplateSection() {
  return (
    <Suspense fallback={null}>
      <TemplateSettings />
    </Suspense>
  );
}
