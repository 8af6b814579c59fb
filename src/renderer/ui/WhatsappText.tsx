import { Fragment, memo, type ReactNode } from 'react';
import { parseWhatsappText, type Block, type Inline } from '../lib/whatsapp-text.ts';

function inline(parts: Inline[]): ReactNode {
  return parts.map((part, index) => {
    switch (part.type) {
      case 'text':
        return <Fragment key={index}>{part.text}</Fragment>;
      case 'bold':
        return <strong key={index}>{inline(part.children)}</strong>;
      case 'italic':
        return <em key={index}>{inline(part.children)}</em>;
      case 'strike':
        return <s key={index}>{inline(part.children)}</s>;
      case 'code':
        return <code key={index}>{part.text}</code>;
      case 'link':
        return (
          <a key={index} href={part.href} target="_blank" rel="noreferrer noopener">
            {part.text}
          </a>
        );
    }
  });
}

function block(part: Block, index: number): ReactNode {
  switch (part.type) {
    case 'code':
      return <pre key={index}>{part.text}</pre>;
    case 'quote':
      return <blockquote key={index}>{inline(part.children)}</blockquote>;
    case 'bullet':
    case 'numbered':
      return (
        <div key={index} className="whatsapp-text__item">
          <span>{part.type === 'bullet' ? '•' : part.marker}</span>
          <span>{inline(part.children)}</span>
        </div>
      );
    case 'line':
      return <div key={index}>{part.children.length === 0 ? <br /> : inline(part.children)}</div>;
  }
}

/** Text as WhatsApp would show it. Only text and links to the web come out of it, whatever was written. */
export const WhatsappText = memo(function WhatsappText({ text }: { text: string }) {
  return <div className="whatsapp-text">{parseWhatsappText(text).map(block)}</div>;
});
