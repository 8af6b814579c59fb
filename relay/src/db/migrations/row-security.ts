/**
 * Closes a table to everything but the clinic of the running transaction. `system` also opens it to work that comes
 * before the clinic is known. The settings are read in sub-selects so that PostgreSQL evaluates them once per
 * query and not once per row (https://www.postgresql.org/docs/current/ddl-rowsecurity.html).
 */
export function closeToOtherClinics(table: string, options: { system?: boolean } = {}): string {
  const ownClinic = `clinic_id = (select nullif(current_setting('recado.clinic_id', true), '')::uuid)`;
  const system = `(select coalesce(current_setting('recado.scope', true), '')) = 'system'`;
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy clinic on ${table} using (${ownClinic})${
      options.system ? `;\n    create policy system on ${table} using (${system})` : ''
    };`;
}
