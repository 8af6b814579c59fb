import { DAY, DEFAULT_CLINIC_SETTINGS, HOUR, newId, type Id } from '@recado/protocol';
import { Readable } from 'node:stream';
import type { Administration } from '../../src/accounts/administration.ts';
import type { Client, Database } from '../../src/db/database.ts';
import { writeClinicSettings } from '../../src/db/directory.ts';
import { recordChange } from '../../src/feed/record.ts';
import type { MediaFiles } from '../../src/media/files.ts';
import { insertMedia } from '../../src/media/media.ts';
import { saveTemplate } from '../../src/templates/templates.ts';
import { SAMPLES } from '../media/samples.ts';
import { createRandom, type Random } from '../random.ts';
import {
  AGENTS,
  CLINIC,
  NUMBER,
  PASSWORD,
  QUICK_REPLIES,
  REMINDER_TEMPLATE,
  TAGS,
  TEAMS,
  TEMPLATES,
} from './clinic.ts';
import type { HistoryAgent } from './history.ts';
import { inventHistory, officeTime, type Ending } from './invent-history.ts';
import { inventName, inventPhone, inventTreatment } from './phrases.ts';
import { CLOSED, EXPIRED, SPAM, WITH_BOT } from './stories-others.ts';
import { RECEIVED } from './stories-received.ts';
import { eventsOfStory, momentAt, type Story } from './story.ts';
import { writeHistory, type ConversationHistory, type HistoryTarget } from './write-history.ts';

/** What the seed made, by the names the stories use. */
export interface SeededClinic {
  clinicId: Id;
  agents: HistoryAgent[];
  tags: Map<string, Id>;
  teams: Map<string, Id>;
}

export interface SeedDeps {
  database: Database;
  /** Where the bytes of its files go; without it they are only announced. */
  files?: MediaFiles;
  administration: Administration;
  /** The appointments of the stories cause no reminders any more: nobody writes unasked. */
  quiet?: boolean;
  /** Token the relay sends to the sandbox. */
  accessToken: string;
  now: number;
  seed?: string | number;
}

/** Patients that fill the filters besides the ones with a story of their own. */
const INVENTED: readonly (readonly [Ending, count: number, hoursAgo: readonly [number, number]])[] = [
  ['people', 3, [1, 20]],
  ['bot', 7, [2, 30]],
  ['people', 4, [40, 400]],
  ['closed', 14, [26, 1_500]],
];
const LONG_THREAD_MESSAGES = 600;

async function writeReferenceData(client: Client, clinicId: Id, agents: readonly HistoryAgent[]) {
  const tags = new Map<string, Id>();
  for (const { name, color } of TAGS) {
    const id = newId();
    tags.set(name, id);
    const version = await recordChange(client, { clinicId, entity: 'tag', id });
    await client.query('insert into tags (clinic_id, id, name, color, version) values ($1, $2, $3, $4, $5)', [
      clinicId,
      id,
      name,
      color,
      version,
    ]);
  }
  const teams = new Map<string, Id>();
  for (const { name, members } of TEAMS) {
    const id = newId();
    teams.set(name, id);
    const version = await recordChange(client, { clinicId, entity: 'team', id });
    await client.query(
      'insert into teams (clinic_id, id, name, member_ids, version) values ($1, $2, $3, $4, $5)',
      [clinicId, id, name, members.map((agent) => agents[agent]?.id), version],
    );
  }
  for (const { shortcut, text, media } of QUICK_REPLIES) {
    const id = newId();
    const version = await recordChange(client, { clinicId, entity: 'quickReply', id });
    await client.query(
      `insert into quick_replies (clinic_id, id, shortcut, text, media, version)
       values ($1, $2, $3, $4, $5, $6)`,
      [clinicId, id, shortcut, text, media ? JSON.stringify(media) : null, version],
    );
  }
  for (const { id: graphId, parameter_format, quality_score, rejected_reason, ...template } of TEMPLATES) {
    const templateId = newId();
    if (template.name === REMINDER_TEMPLATE) {
      await writeClinicSettings(client, clinicId, {
        ...DEFAULT_CLINIC_SETTINGS,
        reminders: {
          templateId,
          hoursBefore: [24],
          quietFrom: '21:00',
          quietTo: '09:00',
          optOutWords: ['BAJA'],
        },
      });
    }
    await saveTemplate(client, clinicId, {
      ...template,
      id: templateId,
      wabaId: NUMBER.wabaId,
      graphId,
      parameterFormat: parameter_format,
      quality: quality_score?.score ?? 'UNKNOWN',
      rejectionReason: rejected_reason === 'NONE' ? null : (rejected_reason ?? null),
      hidden: false,
      headerMedia: null,
      task: null,
    });
  }
  return { tags, teams };
}

/** Puts the sample files into the clinic, so that every file of its histories can be opened. */
async function writeSamples(deps: SeedDeps, clinicId: Id): Promise<void> {
  for (const { mediaId: id, bytes, ...sample } of Object.values(SAMPLES)) {
    const upload = { clinicId, id };
    if (deps.files) {
      await deps.files.write(upload, { offset: 0, bytes: Readable.from([bytes]), most: bytes.length });
      await deps.files.keep(upload, sample.sha256);
    }
    await deps.database.inClinic(clinicId, (client) =>
      insertMedia(client, clinicId, { id, ...sample, createdAt: deps.now, completedAt: deps.now }),
    );
  }
}

/** Which template of the bot spoke of which appointment, so that an answer to it is understood. */
async function writeReminders(client: Client, clinicId: Id, quiet: boolean): Promise<void> {
  await client.query(
    `insert into reminders (clinic_id, appointment_id, starts_at, hours_before, conversation_id, message_id,
       created_at)
     select $1, appointments.id, starts_at, 24, conversation_id, message.id, coalesce(sent_at, placed_at)
     from appointments left join lateral (
       select messages.id, conversation_id, sent_at from conversations
       join messages on messages.clinic_id = $1 and conversation_id = conversations.id
       where conversations.clinic_id = $1 and conversations.patient_id = appointments.patient_id
         and reminder is not null and author_kind = 'bot' and kind = 'template'
       order by ordinal desc limit 1) message on true
     where appointments.clinic_id = $1 and ($2 or reminder is not null)`,
    [clinicId, quiet],
  );
}

function historyOf(story: Story, clinic: SeededClinic, now: number): ConversationHistory {
  const idOf = (ids: Map<string, Id>) => (name: string) => ids.get(name) ?? [];
  return {
    patient: story.patient,
    appointments: (story.appointments ?? []).map(({ when, ...appointment }) => ({
      ...appointment,
      startsAt: momentAt(when, now),
    })),
    tagIds: (story.tags ?? []).flatMap(idOf(clinic.tags)),
    teamIds: (story.teams ?? []).flatMap(idOf(clinic.teams)),
    assigneeIds: (story.assignees ?? []).flatMap((agent) => clinic.agents[agent]?.id ?? []),
    events: eventsOfStory(story, now),
  };
}

/** So long ago, in opening hours unless it is of today. */
function endingAt(now: number, agoMs: number): number {
  return agoMs < DAY ? now - agoMs : Math.min(now - DAY, officeTime(now - agoMs));
}

function* inventedHistories(random: Random, now: number): Generator<ConversationHistory> {
  let index = 0;
  for (const [ending, count, [least, most]] of INVENTED) {
    for (let made = 0; made < count; made += 1) {
      const own = random.fork(index);
      const name = inventName(own);
      const firstName = name.split(' ')[0] ?? name;
      const until = endingAt(now, own.between(least * 60, most * 60) * 60_000);
      const messages = own.between(4, 26);
      yield {
        patient: {
          name: own.chance(0.85) ? name : null,
          profileName: firstName,
          phone: inventPhone(900_000 + index),
          userId: null,
          language: 'es',
        },
        appointments: own.chance(0.6)
          ? [
              {
                startsAt: Math.floor(now / DAY) * DAY + own.between(1, 40) * DAY + own.between(8, 17) * HOUR,
                ...inventTreatment(own),
                state: own.pick(['scheduled', 'confirmed']),
              },
            ]
          : [],
        tagIds: [],
        teamIds: [],
        assigneeIds: [],
        events: inventHistory({
          random: own,
          firstName,
          agents: AGENTS.length,
          messages,
          from: until - messages * own.between(1, 5) * DAY,
          until,
          ending,
        }),
      };
      index += 1;
    }
  }
}

/** The patient of many years, so that scrolling is real. */
function longThread(random: Random, now: number): ConversationHistory {
  return {
    patient: {
      name: 'Mercedes Aranda',
      profileName: 'Merche',
      phone: '+34600200399',
      userId: null,
      language: 'es',
      note: 'Paciente desde 2019. Viene con su madre.',
    },
    appointments: [
      {
        startsAt: momentAt('-7d 18:00', now),
        treatment: 'Limpieza',
        professional: 'Irene Campos',
        state: 'attended',
      },
      {
        startsAt: momentAt('+6d 18:00', now),
        treatment: 'Férula',
        professional: 'Dr. Soler',
        state: 'scheduled',
      },
    ],
    tagIds: [],
    teamIds: [],
    assigneeIds: [],
    events: inventHistory({
      random,
      firstName: 'Mercedes',
      agents: AGENTS.length,
      messages: LONG_THREAD_MESSAGES,
      from: now - 700 * DAY,
      until: now - 5 * HOUR,
      ending: 'people',
    }),
  };
}

/** Makes Clínica Alameda with its people, and tells everything that has happened there up to now. */
export async function seedClinic(deps: SeedDeps): Promise<SeededClinic> {
  const { administration, database, now } = deps;
  const random = createRandom(deps.seed ?? 'alameda');
  const { id: clinicId } = await administration.createClinic(CLINIC);
  await administration.connectNumber({
    clinicId,
    phoneNumberId: NUMBER.phoneNumberId,
    wabaId: NUMBER.wabaId,
    displayPhone: NUMBER.phone,
    accessToken: deps.accessToken,
  });
  const agents: HistoryAgent[] = [];
  for (const { name, email, role } of AGENTS) {
    const { id } = await administration.createAgent({ clinicId, name, email, role, password: PASSWORD });
    agents.push({ id, name });
  }
  const reference = await database.inClinic(clinicId, (client) =>
    writeReferenceData(client, clinicId, agents),
  );
  await writeSamples(deps, clinicId);
  const clinic: SeededClinic = { clinicId, agents, ...reference };
  const target: HistoryTarget = {
    database,
    clinicId,
    numberId: NUMBER.phoneNumberId,
    agents,
    random: random.fork('ids'),
    now,
  };
  const stories = [...RECEIVED, ...WITH_BOT, ...EXPIRED, ...CLOSED, ...SPAM];
  await writeHistory(target, [
    ...stories.map((story) => historyOf(story, clinic, now)),
    ...inventedHistories(random.fork('invented'), now),
    longThread(random.fork('long'), now),
  ]);
  await database.inClinic(clinicId, (client) => writeReminders(client, clinicId, deps.quiet === true));
  return clinic;
}
