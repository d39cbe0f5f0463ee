import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CALLER_KINDS,
  OUTCOMES,
  REASONS,
  SENDER_CONSTRAINTS,
  SNAPSHOT_STATES,
  TOKEN_AGE_EDGES_SECONDS,
  TOKEN_PROBLEMS,
} from '#lib/policy/vocabulary.ts'
import { migrate, readMigrations } from './migrate.ts'
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const schema = readFileSync(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8')
const COLUMN_TYPES: Readonly<Record<string, string>> = {
  String: 'text',
  Int: 'int4',
  BigInt: 'int8',
  Boolean: 'bool',
  Bytes: 'bytea',
  Json: 'jsonb',
  DateTime: 'timestamptz',
  Float: 'float8',
}

const NATIVE_TYPES = [
  ['@db.Uuid', 'uuid'],
  ['@db.Inet', 'inet'],
] as const

interface Block {
  readonly name: string
  readonly lines: readonly string[]
}

function readBlocks(keyword: string): Block[] {
  return [...schema.matchAll(new RegExp(`^${keyword} (\\w+) \\{\\n([^}]*)^\\}`, 'gm'))].map(
    ([, name = '', body = '']) => ({
      name,
      lines: body.split('\n').map((line) => line.trim()),
    }),
  )
}

const mapped = ({ name, lines }: Block) =>
  lines.map((line) => /^@@map\("(.+)"\)/.exec(line)?.[1]).find((map) => map !== undefined) ?? name

const enums = new Map(readBlocks('enum').map((block) => [block.name, block]))
const models = readBlocks('model')

/** `name type null|not null` of each column the model stores. */
function columnsOf({ lines }: Block): string[] {
  return lines.flatMap((line) => {
    const [, field = '', type = '', list, optional] = /^(\w+)\s+(\w+)(\[\])?(\?)?/.exec(line) ?? []
    const known = COLUMN_TYPES[type] ?? (enums.has(type) ? mapped(enums.get(type)!) : undefined)
    if (known === undefined) return []
    const native = NATIVE_TYPES.find(([attribute]) => line.includes(attribute))?.[1] ?? known
    const column = /@map\("(.+?)"\)/.exec(line)?.[1] ?? field
    return [`${column} ${list ? '_' : ''}${native}${optional || list ? '' : ' not null'}`]
  })
}

describe('the migrations', () => {
  test.each(models.map((block) => [mapped(block), block] as const))(
    'make table %s as the schema file says',
    async (table, block) => {
      const { rows } = await database.pool.query<{ column: string }>(
        `SELECT column_name || ' ' || udt_name || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END AS column
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`,
        [table],
      )
      expect(rows.map(({ column }) => column).sort()).toEqual(columnsOf(block).sort())
    },
  )

  test.each([...enums.values()].map((block) => [mapped(block), block] as const))(
    'make enum %s as the schema file says',
    async (name, { lines }) => {
      const values = lines.flatMap((line) => {
        const [, value, map] = /^(\w+)(?:\s+@map\("(.+)"\))?$/.exec(line) ?? []
        return value === undefined ? [] : [map ?? value]
      })
      const { rows } = await database.pool.query<{ values: string[] }>(
        `SELECT enum_range(NULL::"${name}")::text[] AS values`,
      )
      expect(rows[0]?.values).toEqual(values)
    },
  )

  test('let Prisma read every table', async () => {
    for (const { name } of models) {
      const delegate = `${name.charAt(0).toLowerCase()}${name.slice(1)}` as 'environment'
      expect(await database.prisma[delegate].findMany()).toBeInstanceOf(Array)
    }
  })

  test('give the application every table, and of the audit log only a look', async () => {
    const { rows } = await database.pool.query<{ table: string; read: boolean; write: boolean }>(
      `SELECT relname AS table, has_table_privilege(oid, 'SELECT') AS read,
         has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'DELETE') AS write
       FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
    )
    const names = (wanted: (row: (typeof rows)[number]) => boolean) => rows.filter(wanted).map(({ table }) => table)
    expect(names(({ read }) => !read)).toEqual([])
    expect(names(({ write }) => !write).sort()).toEqual(['_prisma_migrations', 'audit_entry', 'audit_head'])
  })

  test('allow exactly the words of the vocabulary', async () => {
    const wordsOf = async (constraint: string) => {
      const { rows } = await database.pool.query<{ text: string }>(
        'SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = $1',
        [constraint],
      )
      return [...(rows[0]?.text ?? '').matchAll(/'([a-z-]+)'::text/g)].map(([, word]) => word).sort()
    }
    expect(await wordsOf('decision_signature_reason_check')).toEqual([...REASONS].sort())
    expect(await wordsOf('decision_signature_token_problem_check')).toEqual([...TOKEN_PROBLEMS].sort())
    expect(await wordsOf('decision_signature_outcome_check')).toEqual([...OUTCOMES].sort())
    expect(await wordsOf('decision_signature_caller_kind_check')).toEqual([...CALLER_KINDS].sort())
    expect(await wordsOf('decision_signature_sender_check')).toEqual([...SENDER_CONSTRAINTS].sort())
    expect(await wordsOf('instance_state_check')).toEqual([...SNAPSHOT_STATES].sort())
  })

  test('keep a count for every bucket of the token ages', async () => {
    const ages = [...TOKEN_AGE_EDGES_SECONDS, Infinity].map((_, index) => index + 1)
    const { rows } = await database.pool.query<{ sum: number[] }>(
      `SELECT sum_token_ages(ages) AS sum FROM (VALUES ($1::bigint[]), ($1), (NULL)) AS t (ages)`,
      [ages],
    )
    expect(rows[0]?.sum).toEqual(ages.map((count) => count * 2))
  })

  test('shift no timestamp, whatever the time zone of the machine', async () => {
    const at = new Date('2026-03-29T01:30:00.123Z')
    await database.prisma.signInFailure.create({ data: { key: Buffer.alloc(32), at } })
    const stored = await database.prisma.signInFailure.findFirstOrThrow()
    expect(stored.at.toISOString()).toBe(at.toISOString())
    const { rows } = await database.pool.query<{ text: string; at: Date }>(
      'SELECT at::text AS text, at FROM sign_in_failure',
    )
    expect(rows[0]?.text).toBe('2026-03-29 01:30:00.123+00')
    expect(rows[0]?.at.toISOString()).toBe(at.toISOString())
  })
})

describe('migrating', () => {
  test('applies each migration once, also when two start together', async () => {
    const { ownerUrl, drop } = await createEmptyDatabase()
    const [first, second] = await Promise.all([migrate({ url: ownerUrl }), migrate({ url: ownerUrl })])
    expect([...first, ...second].sort()).toEqual(readMigrations().map(({ name }) => name))
    expect(await migrate({ url: ownerUrl })).toEqual([])
    await drop()
  })

  test('refuses a database that is newer than the code', async () => {
    const { ownerUrl, drop } = await createEmptyDatabase()
    await migrate({ url: ownerUrl })
    const older = readMigrations().slice(0, -1)
    const newest = readMigrations().at(-1)!.name
    await expect(migrate({ url: ownerUrl, migrations: older })).rejects.toThrow(
      `The database is newer than this version of Stepgate: it has migration ${newest}, which is not known here.`,
    )
    await drop()
  })

  test('refuses a migration whose content changed after it was applied', async () => {
    const { ownerUrl, drop } = await createEmptyDatabase()
    await migrate({ url: ownerUrl })
    const [first, ...rest] = readMigrations()
    await expect(migrate({ url: ownerUrl, migrations: [{ ...first!, checksum: 'other' }, ...rest] })).rejects.toThrow(
      'with other content',
    )
    await drop()
  })

  test('leaves nothing of a migration that fails', async () => {
    const { ownerUrl, drop } = await createEmptyDatabase()
    const migrations = [{ name: '1_broken', sql: 'CREATE TABLE half (id int); SELECT 1 / 0;', checksum: 'x' }]
    await expect(migrate({ url: ownerUrl, migrations })).rejects.toThrow('Migration 1_broken failed: division by zero.')
    const client = new pg.Client(ownerUrl)
    await client.connect()
    const { rows } = await client.query(
      `SELECT to_regclass('half') AS half, (SELECT count(*)::int FROM _prisma_migrations) AS applied`,
    )
    expect(rows).toEqual([{ half: null, applied: 0 }])
    await client.end()
    await drop()
  })
})
