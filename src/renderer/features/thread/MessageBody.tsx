import {
  CircleHelp,
  ContactRound,
  ListChecks,
  MapPin,
  Megaphone,
  MousePointerClick,
  ShoppingBag,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { ThreadItem } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { WhatsappText } from '../../ui/index.ts';
import { MediaView } from '../media/index.ts';

type Content = ThreadItem['content'];

const KNOWN_KINDS = [
  'text', 'image', 'video', 'audio', 'document', 'sticker', 'location', 'contacts', 'button', 'interactive',
  'order', 'template', 'note', 'system',
]; // prettier-ignore

function Card({ icon: Icon, title, children }: { icon: LucideIcon; title: ReactNode; children?: ReactNode }) {
  return (
    <div className="card">
      <span className="card__icon" aria-hidden="true">
        <Icon size={20} />
      </span>
      <div className="card__text">
        <p className="card__title">{title}</p>
        {children}
      </div>
    </div>
  );
}

function Location({ location }: { location: NonNullable<Content['location']> }) {
  const { t } = useTranslate();
  const { latitude, longitude, name, address } = location;
  const hasPlace = latitude !== null && longitude !== null;
  return (
    <Card icon={MapPin} title={name ?? t('kinds.location')}>
      {address === null ? null : <p>{address}</p>}
      {hasPlace ? (
        <>
          <p className="card__facts numeric">
            {t('thread.coordinates', { latitude: latitude.toFixed(5), longitude: longitude.toFixed(5) })}
          </p>
          <a
            href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`}
            target="_blank"
            rel="noreferrer noopener"
          >
            {t('thread.openMap')}
          </a>
        </>
      ) : null}
    </Card>
  );
}

function Choice({ item, choice }: { item: ThreadItem; choice: NonNullable<Content['choice']> }) {
  const { t } = useTranslate();
  const isForm = item.content.form !== undefined;
  const isButton = item.kind === 'button';
  const label = isForm ? 'thread.formAnswer' : isButton ? 'thread.buttonAnswer' : 'thread.optionAnswer';
  return (
    <>
      <p className="message__kind">
        {isButton ? (
          <MousePointerClick size={13} aria-hidden="true" />
        ) : (
          <ListChecks size={13} aria-hidden="true" />
        )}
        {t(label)}
      </p>
      <p className="message__choice">{choice.title}</p>
      {choice.description === null ? null : <p className="card__facts">{choice.description}</p>}
    </>
  );
}

/** All a message holds besides its text. */
function Parts({ item }: { item: ThreadItem }) {
  const { t } = useTranslate();
  const { content } = item;
  return (
    <>
      {content.forwarded ? <p className="message__kind">{t('thread.forwarded')}</p> : null}
      {content.referral ? (
        <Card icon={Megaphone} title={t('thread.fromAd')}>
          {content.referral.headline === null ? null : <p>{content.referral.headline}</p>}
          {content.referral.body === null ? null : <p className="card__facts">{content.referral.body}</p>}
        </Card>
      ) : null}
      {content.media ? <MediaView item={item} media={content.media} /> : null}
      {content.location ? <Location location={content.location} /> : null}
      {content.contacts?.map((contact, index) => (
        <Card key={index} icon={ContactRound} title={contact.name}>
          {[...contact.phones, ...contact.emails].map((line) => (
            <p key={line} className="card__facts numeric">
              {line}
            </p>
          ))}
        </Card>
      ))}
      {content.choice ? <Choice item={item} choice={content.choice} /> : null}
      {content.form ? (
        <dl className="message__form">
          {content.form.map((field, index) => (
            <div key={index}>
              <dt>{field.name}</dt>
              <dd>{field.value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {content.order ? (
        <Card icon={ShoppingBag} title={t('kinds.order')}>
          {content.order.map((line, index) => (
            <p key={index} className="card__facts numeric">
              {`${line.quantity} × ${line.product} · ${line.price} ${line.currency}`}
            </p>
          ))}
        </Card>
      ) : null}
    </>
  );
}

/** What is inside a bubble. A kind this app has never heard of says so, and shows the words it came with. */
export function MessageBody({ item }: { item: ThreadItem }) {
  const { t } = useTranslate();
  if (item.isRevoked) {
    return (
      <p className="message__gone">
        {t(item.direction === 'inbound' ? 'thread.revoked' : 'thread.revokedOut')}
      </p>
    );
  }
  const isKnown = KNOWN_KINDS.includes(item.kind);
  const isChoiceText = item.content.choice !== undefined && item.text === item.content.choice.title;
  const type = item.content.unsupportedType;
  const { template } = item.content;
  return (
    <>
      {isKnown ? null : (
        <Card icon={CircleHelp} title={t('thread.unsupported')}>
          {type ? <p className="card__facts">{t('thread.unsupportedType', { type })}</p> : null}
        </Card>
      )}
      <Parts item={item} />
      {template?.header ? <p className="message__header">{template.header}</p> : null}
      {item.text === null || isChoiceText ? null : <WhatsappText text={item.text} />}
      {template?.footer ? <p className="message__footer">{template.footer}</p> : null}
      {template !== undefined && template.buttons.length > 0 ? (
        <ul className="message__buttons">
          {template.buttons.map((button, index) => (
            <li key={index}>{button.text}</li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
