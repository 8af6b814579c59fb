export { PresenceFaces, PresenceLine } from './Presence.tsx';
