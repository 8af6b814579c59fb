/**
 * A Windows toast in Windows' own words: what Electron writes by itself has no argument on its body, so that a click
 * would not say which it was. https://learn.microsoft.com/windows/apps/design/shell/tiles-and-notifications/toast-schema
 */

/** Characters that XML cannot hold at all, or that would end an attribute or an element. */
function escape(text: string): string {
  return text

    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** `token` means nothing outside this run of the app: Windows keeps what it is given in a file anybody can read. */
export function toastXml(input: { title: string; body: string; token: string }): string {
  const { title, body, token } = input;
  return (
    `<toast launch="${escape(token)}" activationType="foreground"><visual><binding template="ToastGeneric">` +
    `<text>${escape(title)}</text><text>${escape(body)}</text></binding></visual><audio silent="true"/></toast>`
  );
}
