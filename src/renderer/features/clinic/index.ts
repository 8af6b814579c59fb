import './clinic.css';

export { InboxSection } from './InboxSection.tsx';
export { TagsSection } from './TagsSection.tsx';
export { TeamsSection } from './TeamsSection.tsx';
