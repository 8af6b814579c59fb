import { expect, test } from 'vitest';
import { isPermitted } from './permissions.ts';

const ours = { isOurs: true, devices: [] as string[] };

test.each([
  ['copying text', { ...ours, permission: 'clipboard-sanitized-write' }, true],
  ['copying text from elsewhere', { ...ours, isOurs: false, permission: 'clipboard-sanitized-write' }, false],
  ['the microphone', { ...ours, permission: 'media', devices: ['audio'] }, true],
  ['the microphone, from elsewhere', { isOurs: false, permission: 'media', devices: ['audio'] }, false],
  ['the camera', { ...ours, permission: 'media', devices: ['video'] }, false],
  [
    'the camera under cover of the microphone',
    { ...ours, permission: 'media', devices: ['audio', 'video'] },
    false,
  ],
  ['a device that is not named', { ...ours, permission: 'media' }, false],
  ['a device nobody knows', { ...ours, permission: 'media', devices: ['unknown'] }, false],
  ['reading the clipboard', { ...ours, permission: 'clipboard-read' }, false],
  ['the screen', { ...ours, permission: 'display-capture' }, false],
  ['notifications of the page', { ...ours, permission: 'notifications' }, false],
  ['the place', { ...ours, permission: 'geolocation' }, false],
])('%s', (_what, asked, isAllowed) => {
  expect(isPermitted(asked)).toBe(isAllowed);
});
