import { MEDIA_PATH } from '../../../shared/contract/index.ts';

/** Where a file is shown from: of a message, or taken in and not sent yet. */
export const mediaAddress = (id: string): string => `${MEDIA_PATH}${id}`;
