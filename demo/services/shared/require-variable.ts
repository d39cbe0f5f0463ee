/** A setting of the process; a service that lacks one says so and stops. */
export function requireVariable(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is missing.`)
  return value
}
