import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPhone, parsePhone, phoneDigits, phoneFromWhatsappId } from './phone.ts';

describe('phone numbers', () => {
  it.each([
    ['34600111222', '+34600111222'],
    ['+34600111222', '+34600111222'],
    ['ES.90000000000000000001', null],
    ['WHATSAPP_ID', null],
    ['0600111222', null],
    ['', null],
  ])('WhatsApp id %j is %j', (whatsappId, phone) => {
    expect(phoneFromWhatsappId(whatsappId)).toBe(phone);
  });

  it.each([
    ['600 111 222', '+34600111222'],
    ['+34 600-111-222', '+34600111222'],
    ['0034600111222', '+34600111222'],
    ['+44 20 7946 0958', '+442079460958'],
    ['hola', null],
    ['12', null],
  ])('typed %j is %j', (typed, phone) => {
    expect(parsePhone(typed)).toBe(phone);
  });

  it('is written as people write it, or as it came', () => {
    expect(formatPhone('+34600111222')).toBe('+34 600 11 12 22');
    expect(formatPhone('PHONE_NUMBER')).toBe('PHONE_NUMBER');
  });

  it('keeps its digits through formatting', () => {
    const spanishMobile = fc.integer({ min: 600_000_000, max: 699_999_999 }).map((number) => `+34${number}`);
    fc.assert(fc.property(spanishMobile, (phone) => phoneDigits(formatPhone(phone)) === phoneDigits(phone)));
  });
});
