#!/usr/bin/python3
"""The bookstore's application: `bookstore.py serve` answers requests, `bookstore.py migrate` prepares the database."""

import os
import signal
import socket
import socketserver
import sys
import threading
from html import escape
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import psycopg2

PORT = 8000
MIGRATIONS = (
    'CREATE TABLE book (title text PRIMARY KEY, author text NOT NULL)',
    """INSERT INTO book VALUES
        ('Frankenstein', 'Mary Shelley'),
        ('Middlemarch', 'George Eliot'),
        ('The Trial', 'Franz Kafka')""",
)


def connect():
    return psycopg2.connect(
        host='database',
        dbname='bookstore',
        user='bookstore',
        password=os.environ['DATABASE_PASSWORD'],
        connect_timeout=3,
    )


def migrate():
    """Carry out what this database has not seen yet, and make a note of each run."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute('CREATE TABLE IF NOT EXISTS migration_run (started timestamptz DEFAULT now())')
        cursor.execute('INSERT INTO migration_run DEFAULT VALUES')
        cursor.execute('CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY)')
        cursor.execute('SELECT number FROM migration')
        done = {number for (number,) in cursor}
        for number, statement in enumerate(MIGRATIONS, 1):
            if number not in done:
                cursor.execute(statement)
                cursor.execute('INSERT INTO migration VALUES (%s)', (number,))
                print(f'Migration {number} is done.')


class Books:
    """The books of the database, by one connection that is made again when it is lost."""

    def __init__(self):
        self._alone = threading.Lock()
        self._connection = None

    def all(self):
        with self._alone:
            try:
                return self._ask()
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                self._connection = None
                return self._ask()

    def _ask(self):
        if self._connection is None:
            self._connection = connect()
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute('SELECT title, author FROM book ORDER BY title')
            return cursor.fetchall()


BOOKS = Books()


def page():
    books = ''.join(f'<li>{escape(title)} by {escape(author)}</li>\n' for title, author in BOOKS.all())
    greeting = escape(os.environ['GREETING'])
    return f'<h1>{greeting}</h1>\n<ul>\n{books}</ul>\n<p>Served by {socket.gethostname()}</p>\n'


def application(environ, start_response):
    body = page().encode()
    start_response('200 OK', [('Content-Type', 'text/html; charset=utf-8'), ('Content-Length', str(len(body)))])
    return [body]


class Server(socketserver.ThreadingMixIn, WSGIServer):
    """Answers each request in a thread, and finishes what it has begun."""

    daemon_threads = False
    request_queue_size = 64


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


def serve():
    with make_server('', PORT, application, Server, QuietHandler) as server:
        # shutdown() waits for the loop, which this signal interrupts.
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        server.serve_forever(poll_interval=0.05)


if __name__ == '__main__':
    {'serve': serve, 'migrate': migrate}[sys.argv[1]]()
