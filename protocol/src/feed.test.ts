import { describe, expect, it } from 'vitest';
import { readCommand } from './commands.ts';
import { readChange } from './feed.ts';
import { newId } from './ids.ts';

const id = newId();

describe('reading a change', () => {
  it('parses what it knows and drops fields of a newer relay', () => {
    const read = readChange({
      seq: 7,
      entity: 'tag',
      id,
      op: 'put',
      data: { id, name: 'Dudas', color: '#2563eb', shade: 3 },
    });
    expect(read).toEqual({
      known: { seq: 7, entity: 'tag', id, op: 'put', data: { id, name: 'Dudas', color: '#2563eb' } },
    });
  });

  it('keeps values of a newer relay in open lists', () => {
    const data = { id, name: 'Marta', role: 'supervisor', active: true };
    expect(readChange({ seq: 1, entity: 'agent', id, op: 'put', data })).toMatchObject({
      known: { data: { role: 'supervisor' } },
    });
  });

  it.each([
    ['an entity of a newer relay', { entity: 'campaign', data: {} }, 'unknown_entity'],
    ['a name every object has', { entity: 'constructor', data: {} }, 'unknown_entity'],
    ['data that does not fit', { entity: 'tag', data: { id, name: 3 } }, 'invalid_data'],
    ['no data', { entity: 'tag' }, 'invalid_data'],
  ])('reports %s without throwing', (_name, part, reason) => {
    expect(readChange({ seq: 9, id, op: 'put', ...part })).toEqual({
      unreadable: { seq: 9, entity: part.entity, id, reason },
    });
  });

  it('needs no data for a deletion', () => {
    expect(readChange({ seq: 3, entity: 'tag', id, op: 'del' })).toEqual({
      known: { seq: 3, entity: 'tag', id, op: 'del' },
    });
  });
});

describe('reading a command', () => {
  const command = { id, basedOn: null, issuedAt: '2026-11-22T12:00:00.000Z' };
  const send = { messageId: id, conversationId: id, text: ' Hola ', notAfter: '2026-11-22T12:00:00.000Z' };

  it('parses the arguments of its type', () => {
    expect(readCommand({ ...command, type: 'message.send', args: send })).toMatchObject({
      type: 'message.send',
      args: { text: 'Hola', replyTo: null },
    });
  });

  it.each([
    ['an unknown type', 'conversation.teleport', {}],
    ['a name every object has', 'toString', {}],
    ['missing arguments', 'message.send', {}],
    ['an empty text', 'message.send', { ...send, text: '   ' }],
    ['a text over WhatsApp limits', 'message.send', { ...send, text: 'a'.repeat(4_097) }],
    ['a time without milliseconds', 'message.send', { ...send, notAfter: '2026-11-22T12:00:00Z' }],
  ])('refuses %s', (_name, type, args) => {
    expect(readCommand({ ...command, type, args })).toBeNull();
  });
});
