export { ClinicDialogs } from './ClinicDialogs.tsx';
