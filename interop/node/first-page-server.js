// A server as the first page has it: nothing is done about errors, so that one ends it.
'use strict';

const net = require('node:net');

const [path, greeting] = process.argv.slice(2);
if (!path) {
  console.error('usage: node first-page-server.js PATH [GREETING]');
  process.exit(2);
}

const server = net.createServer((client) => {
  if (greeting) {
    client.write(`${greeting}\r\n`);
  }
  client.pipe(client);
});

server.listen(path, () => console.log('ready'));

// The end of our input is the end of whoever started us. Node removes the socket.
process.stdin.resume().on('end', () => server.close(() => process.exit()));
