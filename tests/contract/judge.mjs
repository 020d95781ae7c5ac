// Judges requests by a vendor's description: what arrives is held against it by Prism's validator, and the answer says
// what was sent and what is wrong with it. Ends with its standard input.
//
// Usage: node judge.mjs FOLDER_OF_NODE_MODULES DESCRIPTION.json…      (prints the address it listens on)
import http from 'node:http';
import { createRequire } from 'node:module';

const [folder, ...descriptions] = process.argv.slice(2);
const { createInstance, getHttpOperationsFromSpec } = createRequire(`${folder}/`)('@stoplight/prism-http');

const ERROR = 0; // the severity of what the validator refuses; the rest are remarks
const quiet = { child: () => quiet };
for (const level of ['trace', 'debug', 'info', 'success', 'warn', 'error', 'fatal']) quiet[level] = () => {};

const operations = (await Promise.all(descriptions.map(getHttpOperationsFromSpec))).flat();
// Nobody wants the made-up answer, only which operation it would be from.
const mock = ({ resource }) => () => ({ _tag: 'Right', right: { statusCode: 200, headers: {}, body: resource } });
const config = { isProxy: false, validateRequest: true, validateResponse: false, checkSecurity: true, mock: {} };
const prism = createInstance(config, { mock, logger: quiet });

const names = (parameters) => [...new Set(parameters.keys())];

/** Trello takes key and token as a header; its description knows them in the query only. */
function credentials(headers, query) {
  const found = /^OAuth oauth_consumer_key="([^"]+)", oauth_token="([^"]+)"$/.exec(headers.authorization ?? '');
  return found ? { ...query, key: found[1], token: found[2] } : query;
}

function body(headers, text) {
  return /^application\/([\w.-]+\+)?json\b/.test(headers['content-type'] ?? '') ? JSON.parse(text) : text;
}

/** Names the fields and files of a form. */
function fields(headers, text) {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) return names(new URLSearchParams(text));
  if (!type.startsWith('multipart/form-data')) return [];
  return [...text.matchAll(/^content-disposition: form-data; name="([^"]*)"/gim)].map((found) => found[1]);
}

/** Says what is wrong with the media type that is wanted, if the operation answers with others only. */
function unacceptable(accept, responses) {
  const good = responses.filter((response) => /^2/.test(response.code));
  const media = good.flatMap((response) => response.contents ?? []).map((content) => content.mediaType);
  const wanted = accept.split(',').map((type) => type.split(';')[0].trim());
  const fits = (type) => type === '*/*' || wanted.includes('*/*') || wanted.includes(type.split(';')[0]);
  return media.length === 0 || media.some(fits) ? [] : [`accept: it answers with ${media.join(', ')}`];
}

async function judge({ method, url, headers }, text) {
  const { searchParams, pathname } = new URL(url, 'http://any');
  const query = {};
  for (const name of names(searchParams)) {
    const values = searchParams.getAll(name);
    query[name] = values.length === 1 ? values[0] : values;
  }
  const sent = { query: names(searchParams), form: fields(headers, text) };
  const input = {
    method: method.toLowerCase(),
    url: { path: pathname, query: credentials(headers, query) },
    headers,
    body: text === '' ? null : body(headers, text),
  };
  const done = await prism.request(input, operations)();
  if (done._tag === 'Left') return { sent, faults: [`${done.left.title}: ${done.left.detail ?? done.left.message}`] };
  const { output, validations } = done.right;
  const wrong = validations.input.filter((fault) => fault.severity === ERROR);
  const faults = wrong.map((fault) => `${(fault.path ?? []).join('.')}: ${fault.message}`);
  return { sent, path: output.body.path, faults: [...faults, ...unacceptable(headers.accept ?? '*/*', output.body.responses)] };
}

const server = http.createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const text = Buffer.concat(pieces).toString('utf8');
  const verdict = await judge(request, text).catch((error) => ({ faults: [`the validator failed: ${error.message}`] }));
  // What asks for a head sees the status only.
  const status = request.method === 'HEAD' && verdict.faults.length > 0 ? 422 : 200;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ ok: true, ...verdict }));
});

// A connection that is closed for being idle would break the request that comes in that moment.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();
