// Greets each client that connects, then sends back all that it sends.
'use strict';

const net = require('node:net');

const [path] = process.argv.slice(2);
if (!path) {
  console.error('usage: node echo-server.js PATH');
  process.exit(2);
}

const server = net.createServer((client) => {
  console.log('client connected');
  client.on('end', () => console.log('client disconnected'));
  client.on('error', (error) => console.error(`client: ${error.message}`));
  client.write('hello\r\n');
  client.pipe(client);
});

server.on('error', (error) => {
  console.error(`server: ${error.message}`);
  process.exit(1);
});

server.listen(path, () => console.log('ready'));

// The end of our input is the end of whoever started us. Node removes the socket.
process.stdin.resume().on('end', () => server.close(() => process.exit()));
