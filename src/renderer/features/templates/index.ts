export { TemplatesOver } from './TemplatesOver.tsx';
