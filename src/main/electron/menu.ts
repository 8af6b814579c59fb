import { Menu, type MenuItemConstructorOptions, type WebContents } from 'electron';
import { es } from './i18n/es.ts';

/** The menu bar: standard roles, so that the system's own shortcuts work. */
export function setApplicationMenu(deps: { platform: NodeJS.Platform; isPackaged: boolean }): void {
  const isMac = deps.platform === 'darwin';
  const first: MenuItemConstructorOptions = isMac
    ? {
        label: 'Recado',
        submenu: [
          { role: 'about', label: es.about },
          { type: 'separator' },
          { role: 'hide', label: es.hide },
          { role: 'hideOthers', label: es.hideOthers },
          { role: 'unhide', label: es.showAll },
          { type: 'separator' },
          { role: 'quit', label: es.quit },
        ],
      }
    : { label: es.file, submenu: [{ role: 'quit', label: es.quit }] };
  const development: MenuItemConstructorOptions[] = deps.isPackaged
    ? []
    : [
        { type: 'separator' },
        { role: 'reload', label: es.reload },
        { role: 'toggleDevTools', label: es.developerTools },
      ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      first,
      {
        label: es.edit,
        submenu: [
          { role: 'undo', label: es.undo },
          { role: 'redo', label: es.redo },
          { type: 'separator' },
          { role: 'cut', label: es.cut },
          { role: 'copy', label: es.copy },
          { role: 'paste', label: es.paste },
          { role: 'pasteAndMatchStyle', label: es.pastePlain },
          { role: 'selectAll', label: es.selectAll },
        ],
      },
      {
        label: es.view,
        submenu: [
          { role: 'resetZoom', label: es.zoomReset },
          { role: 'zoomIn', label: es.zoomIn },
          { role: 'zoomOut', label: es.zoomOut },
          { type: 'separator' },
          { role: 'togglefullscreen', label: es.fullScreen },
          ...development,
        ],
      },
      {
        label: es.window,
        submenu: [
          { role: 'minimize', label: es.minimize },
          { role: 'close', label: es.close },
        ],
      },
    ]),
  );
}

/** The menu of the right button over text: suggestions of the spell checker, cut, copy, paste. */
export function addTextMenu(contents: WebContents): void {
  contents.on('context-menu', (_event, { editFlags, isEditable, selectionText, dictionarySuggestions }) => {
    const suggestions = dictionarySuggestions.map((word): MenuItemConstructorOptions => ({
      label: word,
      click: () => {
        contents.replaceMisspelling(word);
      },
    }));
    if (suggestions.length > 0) suggestions.push({ type: 'separator' });
    const edit: MenuItemConstructorOptions[] = isEditable
      ? [
          { role: 'cut', label: es.cut, enabled: editFlags.canCut },
          { role: 'copy', label: es.copy, enabled: editFlags.canCopy },
          { role: 'paste', label: es.paste, enabled: editFlags.canPaste },
        ]
      : [{ role: 'copy', label: es.copy, enabled: selectionText !== '' }];
    if (isEditable || selectionText !== '') Menu.buildFromTemplate([...suggestions, ...edit]).popup();
  });
}
