using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using System.Threading;
using Umps.Transport.Interop;

namespace Umps.Launcher;

/// <summary>The ranks' lines and the launcher's words, on the launcher's own stdout and stderr.</summary>
/// <remarks>
/// Callers append to one buffer under a lock; one thread takes the buffer whole and writes it: what comes while it writes goes out with the
/// next write. So an idle stream is written at once, a busy one in large pieces, and nobody flushes. Runs of bytes remember their stream,
/// so that stdout and stderr on one terminal keep the order in which the lines came.
/// </remarks>
internal sealed class OutputMux : IOutput, IDisposable
{
    /// <summary>Bytes that may wait to be written; one line may exceed it. A few pipes full: more would only add delay.</summary>
    private const int WaitingBytesMax = 1 << 20;

    private const int StandardOutput = 1, StandardError = 2;

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _work = new(false);
    private readonly ManualResetEventSlim _room = new(true);
    private readonly CancellationTokenSource _closed = new();
    private readonly Func<bool, ReadOnlyMemory<byte>, Errno> _write;
    private readonly bool _tagOutput;
    private readonly Thread _writer;
    private readonly bool[] _gone = new bool[2];    // by stream; the writer's alone
    private Pending _waiting = new(), _spare = new();
    private bool _ended;

    /// <summary>Writes to this process's stdout and stderr.</summary>
    public OutputMux(bool tagOutput)
        : this(tagOutput, static (isError, bytes) => Linux.WriteAll(isError ? StandardError : StandardOutput, bytes.Span))
    {
    }

    /// <summary>Writes with <paramref name="write"/>: (is it stderr, bytes) → errno. For tests.</summary>
    internal OutputMux(bool tagOutput, Func<bool, ReadOnlyMemory<byte>, Errno> write)
    {
        _tagOutput = tagOutput;
        _write = write;
        Closed = _closed.Token;
        // Background: a reader who never reads does not keep umpsrun alive once the job has said its end.
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = "output" };
        _writer.Start();
    }

    /// <inheritdoc/>
    public CancellationToken Closed { get; }

    /// <summary>Why stdout takes no more; Errno.None while it does. Settled once this object is disposed.</summary>
    public Errno Failure { get; private set; }

    /// <inheritdoc/>
    public void Line(int rank, bool isError, ReadOnlySpan<byte> line)
    {
        _room.Wait();
        lock (_gate)
        {
            if (_ended)
                return;
            if (_tagOutput)
                AppendTag(rank);
            _waiting.Bytes.Append(line);
            _waiting.Bytes.Append("\n"u8);
            _waiting.EndLine(isError);
            if (_waiting.Bytes.Count > WaitingBytesMax)
                _room.Reset();
        }

        _work.Set();
    }

    /// <inheritdoc/>
    public void Say(string launcherMessage)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(launcherMessage);
        lock (_gate)
        {
            if (_ended)
                return;
            _waiting.Bytes.Append(bytes);
            _waiting.Bytes.Append("\n"u8);
            _waiting.EndLine(isError: true);
        }

        _work.Set();
    }

    /// <summary>Writes what still waits; lines that come later are dropped.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
        }

        _work.Set();
        _writer.Join();
        // Neither event is disposed: a reader of a rank's pipe may still be about to use it.
        _room.Set();
        _closed.Dispose();
    }

    private void AppendTag(int rank)
    {
        Span<byte> tag = stackalloc byte[16];
        tag[0] = (byte)'[';
        bool fits = Utf8Formatter.TryFormat(rank, tag[1..^2], out int digits);
        Debug.Assert(fits, "an int has at most eleven digits");
        "] "u8.CopyTo(tag[(1 + digits)..]);
        _waiting.Bytes.Append(tag[..(digits + 3)]);
    }

    private void WriteLoop()
    {
        bool ended;
        do
        {
            _work.WaitOne();
            Pending taken;
            lock (_gate)
            {
                ended = _ended;
                taken = _waiting;
                _waiting = _spare;
                _room.Set();
            }

            Write(taken);
            taken.Clear();
            _spare = taken;
        }
        while (!ended);
    }

    private void Write(Pending taken)
    {
        int begin = 0;
        bool isError = taken.FirstIsError;
        foreach (int end in taken.RunEnds)
        {
            int stream = isError ? 1 : 0;
            if (!_gone[stream])
            {
                Errno errno = _write(isError, taken.Bytes.Memory[begin..end]);
                if (errno != Errno.None)
                    Lose(isError, errno);
            }

            begin = end;
            isError = !isError;
        }
    }

    /// <summary>A stream that failed is not tried again; the job goes on without stderr, and ends without stdout.</summary>
    private void Lose(bool isError, Errno errno)
    {
        _gone[isError ? 1 : 0] = true;
        if (isError)
            return;
        if (errno != Errno.EPIPE)
            _write(true, Encoding.UTF8.GetBytes($"UMPS{ErrorId.OutputFailed} umpsrun: write to stdout: {errno}; the job ends. Look at the disk or device that stdout goes to.\n"));
        Failure = errno;
        _closed.Cancel();
    }

    /// <summary>Bytes that wait, and which stream each run of them belongs to.</summary>
    private sealed class Pending
    {
        /// <summary>Memory that a single long line has needed is given back above this.</summary>
        private const int KeptBytesMax = 4 * WaitingBytesMax;

        public ByteBuffer Bytes { get; } = new();

        /// <summary>Where each run ends. Runs alternate between the streams.</summary>
        public List<int> RunEnds { get; } = [];

        /// <summary>The stream of the first run.</summary>
        public bool FirstIsError { get; private set; }

        public void EndLine(bool isError)
        {
            if (RunEnds.Count == 0)
                FirstIsError = isError;
            bool lastIsError = FirstIsError ^ (RunEnds.Count & 1) == 0;
            if (RunEnds.Count > 0 && lastIsError == isError)
                RunEnds[^1] = Bytes.Count;
            else
                RunEnds.Add(Bytes.Count);
        }

        public void Clear()
        {
            RunEnds.Clear();
            Bytes.Clear(KeptBytesMax);
        }
    }

    /// <summary>A growing array of bytes.</summary>
    private sealed class ByteBuffer
    {
        private byte[] _bytes = new byte[4096];

        public int Count { get; private set; }

        public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Count);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length > _bytes.Length - Count)
                Array.Resize(ref _bytes, Math.Max(checked(Count + bytes.Length), (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
            bytes.CopyTo(_bytes.AsSpan(Count));
            Count += bytes.Length;
        }

        public void Clear(int keptBytesMax)
        {
            Count = 0;
            if (_bytes.Length > keptBytesMax)
                _bytes = new byte[4096];
        }
    }
}
