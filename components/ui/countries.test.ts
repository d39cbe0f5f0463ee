import { describe, expect, it } from 'vitest'
import { COUNTRY_CODES, toCountryName } from './countries.ts'

describe('countries', () => {
  it('are the 249 of the standard, each once and each with a name', () => {
    expect(new Set(COUNTRY_CODES).size).toBe(249)
    expect(COUNTRY_CODES.filter((code) => !/^[A-Z]{2}$/.test(code) || toCountryName(code) === code)).toEqual([])
  })

  it('that nobody knows are shown as they are', () => {
    expect(toCountryName('QQ')).toBe('QQ')
    expect(toCountryName('elsewhere')).toBe('elsewhere')
  })
})
