import { API_BASE, CommandsRequest } from '@recado/protocol';
import type { FastifyInstance } from 'fastify';
import type { Commands } from '../commands/execute.ts';
import { identityOf } from './authentication.ts';
import { parseInput } from './parse.ts';

export function commandRoutes(app: FastifyInstance, { commands }: { commands: Commands }): void {
  app.post(`${API_BASE}/commands`, async (request) => {
    const body = parseInput(CommandsRequest, request.body);
    return { results: await commands.executeAll(identityOf(request), body.commands) };
  });
}
