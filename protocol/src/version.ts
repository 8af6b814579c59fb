/** Base path of every relay route the app calls. A breaking change makes a new path, never a new meaning of an old one. */
export const API_BASE = '/v1';

/** The app announces itself with this header; a relay that no longer speaks to it answers 426 `client_too_old`. */
export const APP_VERSION_HEADER = 'x-recado-version';
