import { windowEnd } from '@recado/protocol';
import { Check, ChevronDown, Clock, FastForward, SendHorizontal, Archive } from 'lucide-react';
import { useState } from 'react';
import type { ConversationDetail } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState } from '../../stores/index.ts';
import { MenuButton, MenuItem, MenuLine } from '../../ui/index.ts';
import { ScheduleDialog } from './ScheduleDialog.tsx';

/** Where one is once it has been sent. */
export type AfterSending = 'stay' | 'close' | 'next';

interface SendButtonProps {
  canSend: boolean;
  facts: ConversationDetail['facts'];
  onSend: (after: AfterSending, sendAt?: number | null) => void;
}

const mark = (isOn: boolean) => <Check size={16} aria-hidden="true" style={{ opacity: isOn ? 1 : 0 }} />;

/** Sends, and beside it the other ways of sending. */
export function SendButton({ canSend, facts, onSend }: SendButtonProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const { sendsOnEnter, undoesSending } = useAppState((state) => state.ui.preferences);
  const [isScheduling, setIsScheduling] = useState(false);
  const control = t('shortcuts.keys.control');
  const enter = t('shortcuts.keys.enter');
  return (
    <div className="send">
      <button
        type="button"
        className="button button--primary composer__send"
        aria-disabled={!canSend}
        title={t(sendsOnEnter ? 'composer.hint' : 'composer.hintControl')}
        onClick={() => onSend('stay')}
      >
        {t('composer.send')}
        <SendHorizontal size={16} aria-hidden="true" />
      </button>
      <MenuButton
        className="button button--primary send__more"
        label={t('send.more')}
        title={t('send.more')}
        alignsEnd
        button={
          <>
            <span className="visually-hidden">{t('send.more')}</span>
            <ChevronDown size={15} aria-hidden="true" />
          </>
        }
      >
        {canSend ? (
          <>
            <MenuItem
              icon={<Archive size={16} aria-hidden="true" />}
              shortcut={`${control}+${t('shortcuts.keys.shift')}+${enter}`}
              onSelect={() => onSend('close')}
            >
              {t('send.andClose')}
            </MenuItem>
            <MenuItem
              icon={<FastForward size={16} aria-hidden="true" />}
              shortcut={`${t('shortcuts.keys.alt')}+${enter}`}
              onSelect={() => onSend('next')}
            >
              {t('send.andNext')}
            </MenuItem>
            <MenuItem icon={<Clock size={16} aria-hidden="true" />} onSelect={() => setIsScheduling(true)}>
              {t('send.schedule')}
            </MenuItem>
            <MenuLine />
          </>
        ) : null}
        <MenuItem
          isChosen={sendsOnEnter}
          icon={mark(sendsOnEnter)}
          onSelect={() => actions.changePreferences({ sendsOnEnter: true })}
        >
          {t('send.onEnter')}
        </MenuItem>
        <MenuItem
          isChosen={!sendsOnEnter}
          icon={mark(!sendsOnEnter)}
          onSelect={() => actions.changePreferences({ sendsOnEnter: false })}
        >
          {t('send.onControlEnter')}
        </MenuItem>
        <MenuLine />
        <MenuItem
          isChosen={undoesSending}
          icon={mark(undoesSending)}
          onSelect={() => actions.changePreferences({ undoesSending: !undoesSending })}
        >
          {t('send.undoes')}
        </MenuItem>
      </MenuButton>
      {isScheduling ? (
        <ScheduleDialog
          windowEnd={windowEnd(facts)}
          onClose={() => setIsScheduling(false)}
          onSchedule={(at) => {
            setIsScheduling(false);
            onSend('stay', at);
          }}
        />
      ) : null}
    </div>
  );
}
