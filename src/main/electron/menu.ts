import { Menu, type MenuItemConstructorOptions, type WebContents } from 'electron';
import { chosenWords } from './words.ts';

/** The menu bar: standard roles, so that the system's own shortcuts work. */
export function setApplicationMenu(deps: { platform: NodeJS.Platform; isPackaged: boolean }): void {
  const words = chosenWords();
  const isMac = deps.platform === 'darwin';
  const first: MenuItemConstructorOptions = isMac
    ? {
        label: 'Recado',
        submenu: [
          { role: 'about', label: words.about },
          { type: 'separator' },
          { role: 'hide', label: words.hide },
          { role: 'hideOthers', label: words.hideOthers },
          { role: 'unhide', label: words.showAll },
          { type: 'separator' },
          { role: 'quit', label: words.quit },
        ],
      }
    : { label: words.file, submenu: [{ role: 'quit', label: words.quit }] };
  const development: MenuItemConstructorOptions[] = deps.isPackaged
    ? []
    : [
        { type: 'separator' },
        { role: 'reload', label: words.reload },
        { role: 'toggleDevTools', label: words.developerTools },
      ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      first,
      {
        label: words.edit,
        submenu: [
          { role: 'undo', label: words.undo },
          { role: 'redo', label: words.redo },
          { type: 'separator' },
          { role: 'cut', label: words.cut },
          { role: 'copy', label: words.copy },
          { role: 'paste', label: words.paste },
          { role: 'pasteAndMatchStyle', label: words.pastePlain },
          { role: 'selectAll', label: words.selectAll },
        ],
      },
      {
        label: words.view,
        submenu: [
          { role: 'resetZoom', label: words.zoomReset },
          { role: 'zoomIn', label: words.zoomIn },
          { role: 'zoomOut', label: words.zoomOut },
          { type: 'separator' },
          { role: 'togglefullscreen', label: words.fullScreen },
          ...development,
        ],
      },
      {
        label: words.window,
        submenu: [
          { role: 'minimize', label: words.minimize },
          { role: 'close', label: words.close },
        ],
      },
    ]),
  );
}

/** The menu of the right button over text: suggestions of the spell checker, cut, copy, paste. */
export function addTextMenu(contents: WebContents): void {
  const words = chosenWords();
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
          { role: 'cut', label: words.cut, enabled: editFlags.canCut },
          { role: 'copy', label: words.copy, enabled: editFlags.canCopy },
          { role: 'paste', label: words.paste, enabled: editFlags.canPaste },
        ]
      : [{ role: 'copy', label: words.copy, enabled: selectionText !== '' }];
    if (isEditable || selectionText !== '') Menu.buildFromTemplate([...suggestions, ...edit]).popup();
  });
}
