/**
 * Writes one event to the log file: a name and ids, counts, durations or codes; never names, numbers or text of
 * patients. Field names outside the allow-list of the logger are dropped.
 */
export type Log = (name: string, fields: Record<string, number | string | boolean>) => void;
