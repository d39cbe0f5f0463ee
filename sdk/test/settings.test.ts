import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { StepgateConfigurationError } from '../src/index.ts'
import { OPTION_NAMES, parseSettings, type StepgateOptions } from '../src/settings.ts'
import { clientAddress, parseTrustedProxies } from '../src/token/client-address.ts'
import { makeConfigKey } from './signing.ts'

const complete: StepgateOptions = {
  url: 'https://stepgate.test/',
  clientId: 'orders',
  clientSecret: 's3cret-value',
  configKey: makeConfigKey().pin,
}
const weakKey = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ format: 'pem', type: 'pkcs8' })
  .toString()

describe('parseSettings', () => {
  it('reads the environment where no option is given', () => {
    const env = {
      STEPGATE_URL: 'http://a:3000',
      STEPGATE_CLIENT_ID: 'a',
      STEPGATE_CLIENT_SECRET: 's',
      STEPGATE_CONFIG_KEY: complete.configKey,
      STEPGATE_AUDIENCES: 'http://orders:80/=orders, https://p.test=payments',
      STEPGATE_TRUSTED_PROXIES: 'loopback, 10.0.0.7',
    }
    const settings = parseSettings({ clientId: 'orders' }, env)
    expect(settings).toMatchObject({
      url: 'http://a:3000',
      clientId: 'orders',
      credential: { kind: 'secret', secret: 's' },
      stateDir: null,
    })
    expect([...settings.audiences]).toEqual([
      ['http://orders', 'orders'],
      ['https://p.test', 'payments'],
    ])
    expect(settings.trustedProxies).toHaveLength(3)
  })

  it.each<readonly [string, unknown]>([
    ['trustedProxy', { ...complete, trustedProxy: ['loopback'] }],
    ['clientid', { ...complete, clientid: 'orders' }],
    ['options', null],
    ['options', 'https://stepgate.test'],
    ['options', [complete]],
  ])('does not take %s for an option', (setting, options) => {
    const fail = (): unknown => parseSettings(options as StepgateOptions, {})
    expect(fail).toThrow(StepgateConfigurationError)
    expect(fail).toThrow(expect.objectContaining({ setting, variable: null, code: 'configuration' }))
  })

  it.each([null, 5, {}, { warn: () => undefined }])('does not take %s for a logger', (logger) => {
    expect(() => parseSettings({ ...complete, logger: logger as never }, {})).toThrow(
      'Stepgate: logger needs warn and error',
    )
    expect(() => parseSettings({ ...complete, logger: console }, {})).not.toThrow()
  })

  it('lists the options that there are where one does not exist', () => {
    expect(() => parseSettings({ trustedProxy: [] } as StepgateOptions, {})).toThrow(
      `Stepgate: trustedProxy is no option; there are ${OPTION_NAMES.join(', ')}`,
    )
    expectTypeOf<(typeof OPTION_NAMES)[number]>().toEqualTypeOf<keyof StepgateOptions>()
  })

  it.each<readonly [string, keyof StepgateOptions, string, string]>([
    ['STEPGATE_CLIENTID', 'clientId', 'STEPGATE_CLIENT_ID', 'is missing; perhaps STEPGATE_CLIENTID should be it'],
    ['STEPGATE_RUL', 'url', 'STEPGATE_URL', 'is missing; perhaps STEPGATE_RUL should be it'],
    ['STEPGATE_SOMETHING', 'url', 'STEPGATE_URL', 'is missing'],
    [
      'STEPGATE_CLIENT_SECERT',
      'clientSecret',
      'STEPGATE_CLIENT_SECRET',
      'is missing; give it or a privateKey (STEPGATE_PRIVATE_KEY); perhaps STEPGATE_CLIENT_SECERT should be it',
    ],
  ])('sees %s where %s is missing', (given, setting, variable, problem) => {
    const { [setting]: _missing, ...others } = complete
    expect(() => parseSettings(others, { [given]: 'value' })).toThrow(
      expect.objectContaining({ setting, variable, message: `Stepgate: ${setting} (${variable}) ${problem}` }),
    )
  })

  it('takes lists as such and as the texts of their variables', () => {
    const read = (options: StepgateOptions): unknown => {
      const { trustedProxies, audiences, geoDatabases } = parseSettings({ ...complete, ...options }, {})
      return { trustedProxies, audiences: [...audiences], geoDatabases }
    }
    const asTexts = read({
      trustedProxies: 'loopback, 10.0.0.0/8',
      audiences: 'http://orders:3000=orders,http://stock=stock',
      geoDatabases: '/c.mmdb,/a.mmdb',
    })
    const asSuch = read({
      trustedProxies: ['loopback', '10.0.0.0/8'],
      audiences: { 'http://orders:3000': 'orders', 'http://stock': 'stock' },
      geoDatabases: ['/c.mmdb', '/a.mmdb'],
    })
    expect(asTexts).toEqual(asSuch)
    expect(asSuch).toMatchObject({
      audiences: [
        ['http://orders:3000', 'orders'],
        ['http://stock', 'stock'],
      ],
    })
  })

  it.each<readonly [string, string, object]>([
    ['trustedProxies', 'loopback,10.0.0.0/8', { trustedProxies: { loopback: true } }],
    ['trustedProxies', 'loopback,10.0.0.0/8', { trustedProxies: 1 }],
    ['trustedProxies', 'loopback,10.0.0.0/8', { trustedProxies: [1] }],
    ['audiences', 'http://orders:3000=orders', { audiences: ['orders'] }],
    ['audiences', 'http://orders:3000=orders', { audiences: 1 }],
    ['audiences', 'http://orders:3000=orders', { audiences: { 'http://orders:3000': 1 } }],
    ['geoDatabases', '/country.mmdb,/asn.mmdb', { geoDatabases: { country: '/c.mmdb' } }],
  ])('shows what %s look like, as %s', (setting, example, options) => {
    const fail = (): unknown => parseSettings({ ...complete, ...options }, {})
    expect(fail).toThrow(expect.objectContaining({ name: 'StepgateConfigurationError', setting }))
    expect(fail).toThrow(example)
  })

  it.each<readonly [string, StepgateOptions]>([
    ['url (STEPGATE_URL)', { ...complete, url: '' }],
    ['url (STEPGATE_URL)', { ...complete, url: 'ftp://x' }],
    ['url (STEPGATE_URL)', { ...complete, url: 'https://user:secret@x' }],
    ['clientId (STEPGATE_CLIENT_ID)', { ...complete, clientId: ' ' }],
    ['clientSecret (STEPGATE_CLIENT_SECRET)', { ...complete, clientSecret: '' }],
    ['configKey (STEPGATE_CONFIG_KEY)', { ...complete, configKey: 'short' }],
    ['configKey (STEPGATE_CONFIG_KEY)', { ...complete, configKey: `${complete.configKey ?? ''},` }],
    ['privateKey (STEPGATE_PRIVATE_KEY)', { ...complete, privateKey: 'x' }],
    ['privateKey (STEPGATE_PRIVATE_KEY)', { ...complete, privateKey: weakKey }],
    ['trustedProxies (STEPGATE_TRUSTED_PROXIES)', { ...complete, trustedProxies: ['everywhere'] }],
    ['contextSignals (STEPGATE_CONTEXT_SIGNALS)', { ...complete, contextSignals: 'some' as never }],
    ['audiences (STEPGATE_AUDIENCES)', { ...complete, audiences: { orders: 'x' } }],
    ['geoDatabases (STEPGATE_GEO_COUNTRY_DB)', { ...complete, geoDatabases: {} as never }],
    ['clientKey (STEPGATE_CLIENT_KEY)', { ...complete, clientCert: '/tls.crt' }],
    ['clientCertHeader (STEPGATE_CLIENT_CERT_HEADER)', { ...complete, clientCertHeader: 'x-cert' as never }],
  ])('names %s when it cannot be used', (setting, options) => {
    const fail = (): unknown => parseSettings(options, {})
    expect(fail).toThrow(StepgateConfigurationError)
    expect(fail).toThrow(setting)
    const [option = '', variable = ''] = setting.replace(')', '').split(' (')
    expect(fail).toThrow(expect.objectContaining({ setting: option, variable }))
    expect(fail).not.toThrow('s3cret')
  })
})

describe('settings of the context', () => {
  const read = (options: object, env: Readonly<Record<string, string>> = {}) => {
    const { geo, geoDatabases, contextSignals } = parseSettings({ ...complete, ...options }, env)
    return { geo, geoDatabases, contextSignals }
  }

  it('asks for nothing by default', () => {
    expect(read({})).toEqual({ geo: null, geoDatabases: [], contextSignals: 'rules' })
  })

  it('takes files from the environment, other ones from the options, and none beside a lookup', () => {
    const env = {
      STEPGATE_GEO_COUNTRY_DB: '/c.mmdb',
      STEPGATE_GEO_ASN_DB: ' /a.mmdb ',
      STEPGATE_CONTEXT_SIGNALS: 'all',
    }
    expect(read({}, env)).toEqual({ geo: null, geoDatabases: ['/c.mmdb', '/a.mmdb'], contextSignals: 'all' })
    expect(read({ geoDatabases: ['/other.mmdb'], contextSignals: 'off' }, env)).toEqual({
      geo: null,
      geoDatabases: ['/other.mmdb'],
      contextSignals: 'off',
    })
    const geo = { lookup: () => null }
    expect(read({ geo }, env)).toMatchObject({ geo, geoDatabases: [] })
  })
})

describe('clientAddress', () => {
  const trusted = parseTrustedProxies(['loopback', '10.0.0.0/8']) ?? []

  it.each([
    ['127.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['::ffff:127.0.0.1', '1.2.3.4, 10.1.1.1', '1.2.3.4'],
    ['127.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['9.9.9.9', '1.2.3.4', '9.9.9.9'],
    ['127.0.0.1', 'unknown', null],
    ['127.0.0.1', '1.2.3.4,', null],
    ['127.0.0.1', undefined, '127.0.0.1'],
    ['::ffff:9.9.9.9', undefined, '9.9.9.9'],
    [undefined, '1.2.3.4', null],
  ])('from %s, forwarded for %s, is %s', (socket, forwardedFor, address) => {
    expect(clientAddress(socket, forwardedFor, trusted)).toBe(address)
  })

  it('believes nobody unless told to', () => {
    expect(clientAddress('127.0.0.1', '1.2.3.4', [])).toBe('127.0.0.1')
  })
})
