import fc from 'fast-check'
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isAddress, isAddressInNetwork, parseNetwork, surroundingNetwork } from './network.ts'

describe('isAddressInNetwork', () => {
  it('agrees with an independent implementation on IPv4', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, base, prefix) => {
        const oracle = new BlockList()
        oracle.addSubnet(base, prefix, 'ipv4')
        const network = parseNetwork(`${base}/${String(prefix)}`)
        expect(network !== null && isAddressInNetwork(address, network)).toBe(oracle.check(address, 'ipv4'))
      }),
    )
  })

  it('agrees with an independent implementation on IPv6', () => {
    const near = fc
      .tuple(fc.ipV6(), fc.integer({ min: 1, max: 128 }))
      .filter(([address]) => isIPv6(address) && !address.includes('.'))
    fc.assert(
      fc.property(near, fc.ipV6(), fc.boolean(), ([base, prefix], other, same) => {
        const address = same ? base : other
        fc.pre(!/^(?:0*:){0,5}:?(?:0*:)*ffff:/i.test(address) && !/^(?:0*:){0,5}:?(?:0*:)*ffff:/i.test(base))
        const oracle = new BlockList()
        oracle.addSubnet(base, prefix, 'ipv6')
        const network = parseNetwork(`${base}/${String(prefix)}`)
        expect(network !== null && isAddressInNetwork(address, network)).toBe(oracle.check(address, 'ipv6'))
      }),
    )
  })

  it('reads the addresses that Node reads', () => {
    const digits = fc.string({ unit: fc.constantFrom('0', '1', '9', 'f', ':', '.', '255'), maxLength: 12 })
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), digits), (text) => {
        expect(isAddress(text)).toBe(isIPv4(text) || isIPv6(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/08',
    '/8',
    '',
    '10.0.0/8',
    '::/129',
    'fe80::%1/10',
    '::ffff:1.2.3.4/95',
    'x/8',
  ])('does not take %j for a network', (cidr) => {
    expect(parseNetwork(cidr)).toBeNull()
  })
})

describe('surroundingNetwork', () => {
  it('is a network in which the address lies, the same for its neighbours', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const cidr = surroundingNetwork(address) ?? ''
        const network = parseNetwork(cidr)
        expect(network !== null && isAddressInNetwork(address, network)).toBe(true)
        expect(surroundingNetwork(cidr.split('/')[0] ?? '')).toBe(cidr)
      }),
    )
  })

  it.each([
    ['10.2.3.4', '10.2.3.0/24'],
    ['::ffff:10.2.3.4', '10.2.3.0/24'],
    ['2001:db8:1:2::3', '2001:db8:1::/48'],
    ['::1', '0:0:0::/48'],
    ['unknown', null],
  ])('of %s is %s', (address, network) => {
    expect(surroundingNetwork(address)).toBe(network)
  })
})
