/** What has to be looked for, and how, so that all the filters of a search hold. */
import type { SearchHas, SearchText } from '../../../../shared/search-text.ts';
import type { Parameters, ReadDatabase } from '../../database.ts';
import { getAgentId } from '../local-values.ts';
import { mapReference } from '../reference.ts';
import { toExpression, type Look } from './messages.ts';
import { listConversationsByName, maskOf } from './people.ts';

const KINDS: Record<Exclude<SearchHas, 'link'>, readonly string[]> = {
  file: ['image', 'video', 'audio', 'document'],
  image: ['image'],
  video: ['video'],
  audio: ['audio'],
};

/** What every link begins with; the words `http` and `www` alone are none. */
const LINK_EXPRESSION = '("http"* OR "www")';
const LINK_CONDITION = `(found.text like '%http://_%' or found.text like '%https://_%' or found.text like '%www._%')`;

/** One look for every kind of thing a message may have; without such a filter, one. */
export function createLooks(
  database: ReadDatabase,
  input: {
    asked: SearchText;
    words: readonly string[];
    isAny: boolean;
    keys: readonly number[] | null;
  },
): Look[] {
  const { asked, words, keys } = input;
  const from = fromCondition(database, asked);
  const look: Look = {
    expression: words.length === 0 ? null : toExpression(words, input.isAny),
    wholeWords: words.length === 0 || input.isAny ? null : toExpression(words, false, false),
    mediaKind: null,
    keys,
    where: from === null ? [] : [from.condition],
    parameters: from?.parameters ?? {},
    before: asked.before,
    after: asked.after,
  };
  if (asked.has.length === 0) return [look];
  const kinds = new Set(asked.has.flatMap((has) => (has === 'link' ? [] : KINDS[has])));
  const looks = [...kinds].map((mediaKind): Look => ({ ...look, mediaKind }));
  if (asked.has.includes('link')) {
    const expression =
      look.expression === null ? LINK_EXPRESSION : `${look.expression} AND ${LINK_EXPRESSION}`;
    looks.push({ ...look, expression, wholeWords: null, where: [...look.where, LINK_CONDITION] });
  }
  return looks;
}

/** Who wrote it: the agent here, patients, or people by name, who may be colleagues or patients. */
function fromCondition(
  database: ReadDatabase,
  { from }: SearchText,
): { condition: string; parameters: Parameters } | null {
  if (from.length === 0) return null;
  const agentIds: string[] = [];
  const keys: number[] = [];
  let isAnyPatient = false;
  for (const who of from) {
    if (who.kind === 'me') agentIds.push(getAgentId(database) ?? '');
    else if (who.kind === 'patient') isAnyPatient = true;
    else {
      const all = 2 ** who.words.length - 1;
      for (const { id, name } of mapReference(database, 'agent').values())
        if (maskOf(name, who.words) === all) agentIds.push(id);
      keys.push(...listConversationsByName(database, who.words));
    }
  }
  const ways = [
    'found.author_agent_id in (select value from json_each(:fromAgents))',
    isAnyPatient
      ? `found.direction = 'inbound'`
      : `(found.direction = 'inbound' and found.conversation_key in (select value from json_each(:fromKeys)))`,
  ];
  return {
    condition: `(${ways.join(' or ')})`,
    parameters: {
      fromAgents: JSON.stringify(agentIds),
      ...(isAnyPatient ? {} : { fromKeys: JSON.stringify(keys) }),
    },
  };
}
