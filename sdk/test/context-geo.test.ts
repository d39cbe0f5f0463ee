/** Where an address lies: by files an operator keeps, and never by what a caller says. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ParsedRule } from '../../lib/policy/rule.ts'
import { GeoDatabases } from '../src/context/geo-databases.ts'
import { readGeoRecord } from '../src/context/geo-record.ts'
import { MmdbFormatError, type MmdbMap } from '../src/context/mmdb-decoder.ts'
import { Mmdb } from '../src/context/mmdb.ts'
import { Places } from '../src/context/places.ts'
import { EventHub } from '../src/event-hub.ts'
import type { Stepgate } from '../src/index.ts'
import { createTestStepgate } from '../src/testing.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, endpoint, sendRaw, silentLogger } from './fixtures.ts'
import { encodeMmdbValue, writeMmdb, type MmdbJson } from './mmdb-writer.ts'
import { SeededRandom } from './seeded-random.ts'
import { HTTP_KIND } from './adapters/http-services.ts'
import type { RunningService } from './adapters/service-kind.ts'
import { waitFor } from './wait-for.ts'

const country = (code: string): MmdbJson => ({ country: { iso_code: code, names: { en: code } } })
const COUNTRIES = {
  '0.0.0.0/1': country('US'),
  '81.0.0.0/8': country('CH'),
  '81.2.69.160/27': country('GB'),
  '2001:db8::/32': country('SE'),
  '2001:db8:ffff::/48': country('BR'),
}
const SYSTEMS = { '81.0.0.0/8': { autonomous_system_number: 3303, autonomous_system_organization: 'Test' } }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepgate-geo-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const writeFile = (name: string, bytes: Buffer): string => {
  const path = join(folder, name)
  writeFileSync(`${path}.new`, bytes)
  renameSync(`${path}.new`, path)
  return path
}

const failuresOf = (events: EventHub): string[] => {
  const failures: string[] = []
  events.on('error', ({ code, message }) => failures.push(`${code}: ${message}`))
  return failures
}

const codeAt = (file: Mmdb, address: string): string | null => {
  const record = file.find(address)
  return record === null ? null : readGeoRecord(record).country
}

describe('Mmdb', () => {
  it.each([24, 28, 32] as const)('finds the smallest network of an address with records of %d bits', (recordSize) => {
    const file = new Mmdb(writeMmdb(COUNTRIES, { recordSize }))
    expect(
      [
        '1.2.3.4',
        '81.255.255.255',
        '81.2.69.159',
        '81.2.69.160',
        '81.2.69.191',
        '81.2.69.192',
        '200.1.1.1',
        '::ffff:81.2.69.170',
        '2001:db8::1',
        '2001:db8:ffff::1',
        '2001:db9::1',
        '2001:db8::1%eth0',
        'nonsense',
      ].map((address) => codeAt(file, address)),
    ).toEqual(['US', 'CH', 'CH', 'GB', 'GB', 'CH', null, 'GB', 'SE', 'BR', null, 'SE', null])
  })

  it('knows no IPv6 address in a file of IPv4', () => {
    const file = new Mmdb(writeMmdb({ '0.0.0.0/1': country('US') }, { ipVersion: 4 }))
    expect([codeAt(file, '1.2.3.4'), codeAt(file, '2001:db8::1')]).toEqual(['US', null])
  })

  it('says what it is and when it was made', () => {
    const file = new Mmdb(writeMmdb(COUNTRIES, { type: 'GeoLite2-Country' }))
    expect([file.type, file.builtAtMs]).toEqual(['GeoLite2-Country', 1_795_000_000_000])
  })

  it('reads every kind of value', () => {
    const long = 'x'.repeat(70_000)
    const record = {
      text: 'ü',
      middle: 'y'.repeat(300),
      long,
      zero: 0,
      big: 2n ** 63n,
      minus: -1.5,
      yes: true,
      list: [1, 'a', [false]],
    }
    const found = new Mmdb(writeMmdb({ '1.0.0.0/8': record })).find('1.1.1.1')
    expect({ ...found }).toEqual(record)
  })

  it('follows pointers', () => {
    const target = encodeMmdbValue('shared')
    const file = writeMmdb({ '1.0.0.0/8': 'placeholder', '2.0.0.0/8': 'shared' })
    const at = file.indexOf(encodeMmdbValue('placeholder'))
    const offset = file.indexOf(target) - at
    // A map of one member, whose value is a pointer to the other record.
    Buffer.concat([Buffer.from([0b111_00001]), encodeMmdbValue('key'), Buffer.from([0b001_00_000, offset])]).copy(
      file,
      at,
    )
    expect({ ...new Mmdb(file).find('1.1.1.1') }).toEqual({ key: 'shared' })
  })

  it('keeps the members of a file apart from prototypes', () => {
    const hostile = JSON.parse('{"__proto__":{"country_code":"XX"},"constructor":"a"}') as Readonly<
      Record<string, MmdbJson>
    >
    const found = new Mmdb(writeMmdb({ '1.0.0.0/8': hostile })).find('1.1.1.1') as MmdbMap
    expect(Object.getPrototypeOf(found)).toBeNull()
    expect(readGeoRecord(found).country).toBeNull()
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['something else', Buffer.from('%PDF-1.7')],
    ['a file without its end', writeMmdb(COUNTRIES).subarray(0, 400)],
    ['a file without its tree', writeMmdb(COUNTRIES).subarray(-250)],
  ])('refuses %s', (_, bytes) => {
    expect(() => new Mmdb(bytes)).toThrow(MmdbFormatError)
  })

  it('answers or refuses damaged files, and does neither for long', () => {
    const random = new SeededRandom()
    const whole = writeMmdb(COUNTRIES, { recordSize: 28 })
    let answers = 0
    for (let round = 0; round < 4_000; round++) {
      const bytes = Buffer.from(whole)
      for (let flips = 1 + random.below(8); flips > 0; flips--) bytes[random.below(bytes.length)] = random.below(256)
      try {
        const file = new Mmdb(bytes)
        for (const address of ['1.2.3.4', '81.2.69.170', '2001:db8:ffff::1']) codeAt(file, address)
        answers++
      } catch (error) {
        expect(error, `STEPGATE_TEST_SEED=${String(random.seed)}`).toBeInstanceOf(MmdbFormatError)
      }
    }
    expect(answers).toBeGreaterThan(0)
  })

  it('does not follow pointers in a circle', () => {
    const file = writeMmdb({ '1.0.0.0/8': 'placeholder' })
    Buffer.from([0b001_00_000, 0]).copy(file, file.indexOf(encodeMmdbValue('placeholder')))
    expect(() => new Mmdb(file).find('1.1.1.1')).toThrow(MmdbFormatError)
  })
})

describe('readGeoRecord', () => {
  it.each<[string, MmdbJson, object]>([
    ['MaxMind Country', { country: { iso_code: 'CH' } }, { country: 'CH', autonomousSystem: null }],
    [
      'MaxMind City',
      { country: { iso_code: 'CH' }, location: { latitude: 47.4, longitude: -8.5 } },
      { latitude: 47.4, longitude: -8.5 },
    ],
    ['MaxMind ASN', { autonomous_system_number: 3303 }, { country: null, autonomousSystem: 3303 }],
    ['country_code', { country_code: 'DE' }, { country: 'DE' }],
    ['country and AS number as text', { country: 'FR', asn: 'AS3215' }, { country: 'FR', autonomousSystem: 3215 }],
    ['nothing known', { registered_country: { iso_code: 'US' } }, { country: null, autonomousSystem: null }],
  ])('reads %s', (_, record, place) => {
    const found = new Mmdb(writeMmdb({ '1.0.0.0/8': record })).find('1.1.1.1')
    expect(readGeoRecord(found ?? {})).toMatchObject(place)
  })
})

describe('GeoDatabases', () => {
  it('completes one file with another', () => {
    const geo = new GeoDatabases(
      [writeFile('country.mmdb', writeMmdb(COUNTRIES)), writeFile('asn.mmdb', writeMmdb(SYSTEMS))],
      new EventHub(silentLogger),
    )
    geo.open(() => undefined)
    expect(geo.lookup('81.1.1.1')).toEqual({ country: 'CH', autonomousSystem: 3303 })
    expect(geo.lookup('1.1.1.1')).toEqual({ country: 'US', autonomousSystem: null })
    expect(geo.lookup('200.1.1.1')).toBeNull()
    geo.close()
  })

  it('says which file is missing, and takes it once it is there', async () => {
    const events = new EventHub(silentLogger)
    const failures = failuresOf(events)
    const path = join(folder, 'country.mmdb')
    const geo = new GeoDatabases([path], events, 5)
    const places = new Places(geo, events)
    geo.open(() => places.forget())
    expect(failures).toHaveLength(1)
    expect(failures[0]).toContain(`geo-unavailable: ${path}`)
    expect(places.placeOf('81.1.1.1').country).toBeNull()
    writeFile('country.mmdb', writeMmdb(COUNTRIES))
    await waitFor('the file', () => places.placeOf('81.1.1.1').country === 'CH')
    expect(geo.status).toMatchObject([{ path, type: 'Test-Country', error: null }])
    geo.close()
  })

  it('takes a newer file, keeps the last good one over a damaged one, and says so once', async () => {
    const events = new EventHub(silentLogger)
    const failures = failuresOf(events)
    const path = writeFile('country.mmdb', writeMmdb(COUNTRIES))
    const geo = new GeoDatabases([path], events, 5)
    const places = new Places(geo, events)
    geo.open(() => places.forget())
    expect(places.placeOf('81.1.1.1').country).toBe('CH')
    writeFile('country.mmdb', writeMmdb({ '81.0.0.0/8': country('LI') }))
    await waitFor('the newer file', () => places.placeOf('81.1.1.1').country === 'LI')
    writeFile('country.mmdb', Buffer.from('damaged'))
    await waitFor('the failure', () => failures.length > 0)
    expect(places.placeOf('81.1.1.1').country).toBe('LI')
    expect(geo.status[0]?.error).toContain('not a MaxMind DB file')
    writeFile('country.mmdb', writeMmdb(COUNTRIES))
    await waitFor('the good file', () => places.placeOf('81.1.1.1').country === 'CH')
    expect(failures).toHaveLength(1)
    geo.close()
  })
})

describe('Places', () => {
  it('asks once for an address', () => {
    const asked: string[] = []
    const lookup = (address: string) => {
      asked.push(address)
      return { country: 'CH', autonomousSystem: null }
    }
    const places = new Places({ lookup }, new EventHub(silentLogger))
    expect(places.placeOf('1.1.1.1')).toBe(places.placeOf('1.1.1.1'))
    expect([places.placeOf(null).country, asked]).toEqual([null, ['1.1.1.1']])
  })

  it('takes a lookup that throws for not knowing, and says so once', () => {
    const events = new EventHub(silentLogger)
    const failures = failuresOf(events)
    const lookup = () => {
      throw new Error('no data')
    }
    const places = new Places({ lookup }, events)
    expect(['1.1.1.1', '2.2.2.2'].map((address) => places.placeOf(address).country)).toEqual([null, null])
    expect(failures).toEqual(['geo-unavailable: an address could not be looked up: no data'])
  })

  it.each([
    [
      { country: 'ch', autonomousSystem: -1 },
      { country: null, autonomousSystem: null },
    ],
    [
      { country: 'CH\n', autonomousSystem: 1.5 },
      { country: null, autonomousSystem: null },
    ],
    [
      { country: 'CH', autonomousSystem: 4_294_967_296 },
      { country: 'CH', autonomousSystem: null },
    ],
    [
      { country: null, autonomousSystem: 0, latitude: 91, longitude: 0 },
      { autonomousSystem: 0, coordinates: null },
    ],
  ])('believes only what can be true of %j', (answer, place) => {
    expect(new Places({ lookup: () => answer }, new EventHub(silentLogger)).placeOf('1.1.1.1')).toMatchObject(place)
  })
})

const inCountry: ParsedRule = { access: 'token', requirements: [{ kind: 'country', anyOf: ['CH'] }] }

describe('a rule that asks for a country', () => {
  const plane = new TestControlPlane([endpoint('GET /orders', 'enforce', inCountry)])
  let stepgate: Stepgate
  let service: RunningService

  const start = async (databases: readonly string[]): Promise<void> => {
    await plane.start()
    stepgate = connect(plane, { geoDatabases: databases, trustedProxies: ['loopback', '10.0.0.0/8'] })
    service = await HTTP_KIND.start(stepgate, [{ method: 'GET', path: '/orders' }])
    await stepgate.started
    await waitFor('the configuration', () => stepgate.status().state === 'fresh')
  }
  const statusFrom = async (forwardedFor: string): Promise<number> => {
    const answer = await sendRaw(service.port, 'GET', '/orders', {
      ...bearer(plane.issueToken()),
      'x-forwarded-for': forwardedFor,
    })
    return answer.status
  }
  afterEach(async () => {
    await stepgate.close()
    await service.close()
    await plane.kill()
  })

  it('looks at the address behind trusted proxies, and at none that the caller wrote', async () => {
    await start([writeFile('country.mmdb', writeMmdb(COUNTRIES))])
    expect([
      await statusFrom('81.1.1.1'),
      await statusFrom('81.1.1.1, 10.1.1.1'),
      await statusFrom('81.1.1.1, 1.2.3.4'),
      await statusFrom('81.1.1.1, 200.1.1.1, 10.1.1.1'),
      await statusFrom('unknown'),
    ]).toEqual([200, 200, 403, 403, 403])
  })

  it('denies where the file cannot be read, and the status says so', async () => {
    await start([join(folder, 'missing.mmdb')])
    expect(await statusFrom('81.1.1.1')).toBe(403)
    expect(stepgate.status().geoDatabases).toMatchObject([{ type: null, error: /ENOENT/ }])
  })
})

it('is raised as a failure where a rule asks for a place and nothing could tell', () => {
  const warnings: string[] = []
  const stepgate = createTestStepgate({
    endpoints: [{ method: 'GET', route: '/orders', rule: inCountry as never }],
    logger: { warn: (line) => warnings.push(JSON.stringify(line)), error: () => undefined },
  })
  expect(warnings.join()).toContain('geo-unavailable')
  const token = stepgate.mintToken()
  expect(stepgate.decide({ method: 'GET', route: '/orders', token }).reason).toBe('country-not-allowed')
})
