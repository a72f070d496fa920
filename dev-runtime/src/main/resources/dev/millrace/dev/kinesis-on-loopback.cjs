// Runs before kinesis-local, which by itself listens on every interface, on ports that it does not tell, and outlives
// the process that started it.
'use strict';
const fs = require('fs');
const net = require('net');

const PLAIN = Number(process.env.KINESIS_MOCK_PLAIN_PORT); // which of its two servers asks to listen
const port = Number(process.env.MILLRACE_PORT);
const told = process.env.MILLRACE_PORT_FILE;

const sockets = new Set();
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (asked, ...rest) {
  const callback = rest.find((argument) => typeof argument === 'function');
  const plain = asked === PLAIN;
  this.once('listening', () => {
    if (plain) {
      fs.writeFileSync(told + '.new', String(this.address().port));
      fs.renameSync(told + '.new', told);
    }
  });
  this.on('connection', (socket) => {
    if (ending) socket.destroy();
    socket.setNoDelay(true); // it writes an answer in two parts: else the second waits 40 ms for a delayed ACK
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return listen.call(this, { host: '127.0.0.1', port: plain ? port : 0 }, callback);
};

// It saves what it holds now and then, over what it saved before: a kill in the middle would leave neither.
const saving = process.env.SHOULD_PERSIST_DATA === 'true';
let ending = false;
const saves = new Map(); // by the descriptor of a file that is written
const write = fs.createWriteStream;
fs.createWriteStream = function (file, ...rest) {
  const save = { file, last: ending };
  return write.call(this, file + '.new', ...rest).once('open', (descriptor) => saves.set(descriptor, save));
};
const close = fs.close;
fs.close = function (descriptor, callback) {
  const save = saves.get(descriptor);
  saves.delete(descriptor);
  return close.call(this, descriptor, (fault) => {
    if (save && !fault) fs.renameSync(save.file + '.new', save.file);
    if (save && save.last) end();
    if (callback) callback(fault);
  });
};

// The input ends with the process at its other end, however that ends. Asked to stop, kinesis-local would wait half a
// minute for clients that keep their connections; so nobody is answered any more, and the next save is the last.
const end = () => process.kill(process.pid, 'SIGKILL');
const stop = () => {
  ending = true;
  sockets.forEach((socket) => socket.destroy());
  if (!saving) end();
};
process.stdin.on('end', stop).resume();
process.on('SIGTERM', stop);
process.on('SIGINT', () => {}); // a terminal sends it to the process at the other end too
const on = process.on;
process.on = function (event, ...rest) {
  return String(event).startsWith('SIG') ? this : on.call(this, event, ...rest);
};
