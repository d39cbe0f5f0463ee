/**
 * Spellings of one path, each with the way past a check on paths that it stands for. A request that carries them must reach
 * a handler only with a matching allow, whatever the framework makes of it and whatever its options are.
 */
export interface PathSpelling {
  readonly target: string
  /** What a matcher that reads the path by itself gets wrong. */
  readonly bypass: string
}

const spelled = (bypass: string, ...targets: readonly string[]): PathSpelling[] =>
  targets.map((target) => ({ target, bypass }))

/** All of `GET /admin/users`.*/
export const PATH_SPELLINGS: readonly PathSpelling[] = [
  ...spelled('none: the path as it is declared', '/admin/users'),
  ...spelled(
    'a slash at the end',
    '/admin/users/',
    '/admin/users//',
    '/admin/users/?x=1',
    '/admin/users%2f',
    '/admin/users%2F',
  ),
  ...spelled('other letter case', '/ADMIN/USERS', '/Admin/users', '/admin/userS', '/aDmIn/UsErS/'),
  ...spelled(
    'dot segments',
    '/./admin/users',
    '/admin/./users',
    '/x/../admin/users',
    '/admin/users/.',
    '/admin/users/x/..',
    '/../admin/users',
  ),
  ...spelled(
    'dot segments below a mount or a public prefix',
    '/public/../admin/users',
    '/mounted/../admin/users',
    '/tenants/a/../../admin/users',
    '/orders/../admin/users',
  ),
  ...spelled(
    'encoded dots',
    '/x/%2e%2e/admin/users',
    '/x/%2E%2e/admin/users',
    '/%2e/admin/users',
    '/x/.%2e/admin/users',
    '/public/%2e%2e/admin/users',
    '/admin/users/%2e',
  ),
  ...spelled(
    'encoded letters',
    '/%61dmin/users',
    '/admin/u%73ers',
    '/%41dmin/users',
    '/%61%64%6d%69%6e/%75%73%65%72%73',
  ),
  ...spelled(
    'letters encoded twice',
    '/%2561dmin/users',
    '/x/%252e%252e/admin/users',
    '/admin%252fusers',
    '/%25%36%31dmin/users',
  ),
  ...spelled(
    'an encoded slash',
    '/admin%2fusers',
    '/admin%2Fusers',
    '/%2fadmin/users',
    '/x%2f..%2fadmin%2fusers',
    '/orders/..%2fadmin%2fusers',
  ),
  ...spelled(
    'repeated slashes',
    '//admin/users',
    '///admin/users',
    '/admin//users',
    '//admin//users//',
    '/%2f/admin/users',
    '//x/../admin/users',
  ),
  ...spelled(
    'the absolute form of a request target',
    'http://x/admin/users',
    'https://x/admin/users',
    'HTTP://x/admin/users',
    'http://x:80/admin/users',
    'http://user:word@x/admin/users',
    'http://x//admin/users',
    'http://x/ADMIN/users/',
    'ws://x/admin/users',
  ),
  ...spelled('an authority in front of the path', '//x/admin/users', '//x@y/admin/users', '///x/admin/users'),
  ...spelled(
    'a fragment',
    '/admin/users#',
    '/admin/users#fragment',
    '/admin/users#/../public',
    '/public#/../admin/users',
    '/admin/users%23',
  ),
  ...spelled(
    'a query',
    '/admin/users?',
    '/admin/users?x=1',
    '/admin/users??',
    '/admin/users?/../public',
    '/admin/users?#',
    '/admin/users%3f',
    '/admin/users&x',
  ),
  ...spelled(
    'path parameters after a semicolon',
    '/admin/users;x=1',
    '/admin;x=1/users',
    '/admin/users;',
    '/;/admin/users',
    '/public/..;/admin/users',
    '/admin/users%3bx',
    '/admin/users;/../public',
  ),
  ...spelled('a null byte', '/admin/users%00', '/admin%00/users', '/admin/users%00.json', '/public%00/../admin/users'),
  ...spelled(
    'a backslash',
    '/admin\\users',
    '\\admin\\users',
    '/x\\..\\admin/users',
    '/admin%5cusers',
    '/%5c/admin/users',
    '/admin/users\\',
  ),
  ...spelled(
    'blanks and tabs',
    '/admin/users%20',
    '/%20admin/users',
    '/admin/users%09',
    '/admin/%09users',
    '/admin/users\t',
    '/admin\t/users',
    '/admin/users%0b',
  ),
  ...spelled(
    'line ends',
    '/admin/users%0a',
    '/admin/users%0d%0a',
    '/%0aadmin/users',
    '/admin/users%0d%0aX-Scope:%20admin',
  ),
  ...spelled(
    'overlong and invalid UTF-8',
    '/admin%c0%afusers',
    '/%c1%a1dmin/users',
    '/x/%c0%ae%c0%ae/admin/users',
    '/admin/users%ff',
    '/admin/%80users',
    '/%e0%80%afadmin/users',
  ),
  ...spelled(
    'Unicode that is folded or looks alike',
    '/admin/u%C5%BFers',
    '/adm%C4%B1n/users',
    '/%EF%BC%A1dmin/users',
    '/admin%E2%88%95users',
    '/admin/users%E2%80%8B',
    '/admin/users%C2%A0',
    '/%u0061dmin/users',
    '/admin/user\u00df',
  ),
  ...spelled('incomplete escapes', '/admin/users%', '/admin/users%2', '/%zzadmin/users', '/admin/users%%32%66'),
  ...spelled(
    'an extension or a format',
    '/admin/users.json',
    '/admin/users.',
    '/admin/users.html',
    '/admin/users/.json',
    '/admin/users..',
  ),
  ...spelled('wildcards and patterns', '/admin/*', '/admin/:userId', '/admin/use[r]s', '/admin/{users}', '/*/users'),
]

/** Methods that reach the handler of a GET route in one framework or another. */
export const METHODS_OF_GET = ['GET', 'HEAD'] as const

/** Headers by which a proxy or a framework may be made to see another path or method. */
export const REWRITING_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'x-original-url': '/public' },
  { 'x-rewrite-url': '/public' },
  { 'x-forwarded-prefix': '/public' },
  { 'x-forwarded-path': '/public' },
  { 'x-http-method-override': 'OPTIONS' },
  { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' },
]
