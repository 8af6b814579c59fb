export { TemplateSection } from './TemplateSection.tsx';
export { TemplatesOver } from './TemplatesOver.tsx';
