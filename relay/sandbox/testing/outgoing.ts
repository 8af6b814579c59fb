import { newId, type Entity, type Id } from '@recado/protocol';
import { createHash } from 'node:crypto';
import type { SampleFile } from '../media/samples.ts';
import type { TestInbox, TestPatient } from './inbox.ts';
import { eventually } from './relay-client.ts';

/** The same file with these bytes. */
export function sampleWith(sample: SampleFile, bytes: Buffer): SampleFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ...sample, bytes, sizeBytes: bytes.length, sha256 };
}

let copies = 0;

/** Sending by Marta, and looking at what WhatsApp was asked. Both are asked for late: tests begin anew with each. */
export function outgoingOf(inboxNow: () => TestInbox, patientNow: () => TestPatient) {
  async function messageOf(id: Id, of = patientNow()): Promise<Entity<'message'> | undefined> {
    return (await of.thread()).find((message) => message.id === id);
  }
  return {
    messageOf,
    /** The command's result, its code when it was refused, and the message's id. */
    async send(args: Record<string, unknown>, of = patientNow()) {
      const { windowExpiresAt } = await of.conversation();
      const messageId = newId();
      const result = await of.command('message.send', { messageId, notAfter: windowExpiresAt, ...args });
      return { messageId, result: result?.code ?? result?.status };
    },
    until(id: Id, status: string, of = patientNow()): Promise<Entity<'message'>> {
      return eventually(`the message is ${status}`, async () => {
        const message = await messageOf(id, of);
        return message?.status === status && message;
      });
    },
    /** The body of the call that carried a message. */
    callOf: (id: Id) => inboxNow().graph.calls.find(({ body }) => body.biz_opaque_callback_data === id)?.body,
    callsOf: (id: Id) =>
      inboxNow().graph.calls.filter(({ body }) => body.biz_opaque_callback_data === id).length,
    /** The same file with other bytes, at the relay, so that no other test has given it to WhatsApp. */
    other(sample: SampleFile) {
      copies += 1;
      const bytes = Buffer.concat([sample.bytes, Buffer.from(`\n% ${copies}\n`)]);
      return inboxNow().marta.upload({ ...sampleWith(sample, bytes), mediaId: newId() });
    },
  };
}
