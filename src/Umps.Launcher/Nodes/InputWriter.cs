using System;
using System.Collections.Concurrent;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using Umps.Transport.Interop;

namespace Umps.Launcher;

/// <summary>Writes what umpsrun sends to rank 0's standard input, on a thread of its own: a rank that does not read holds up nobody.</summary>
internal sealed class InputWriter
{
    private readonly BlockingCollection<ReadOnlyMemory<byte>> _pieces = [];
    private readonly SafeFileHandle _pipe;
    private readonly Action _taken;

    /// <summary>Begins.</summary>
    /// <param name="pipe">Where to write; closed at the end of the input.</param>
    /// <param name="taken">Called after each piece: the next may come.</param>
    public InputWriter(SafeFileHandle pipe, Action taken)
    {
        _pipe = pipe;
        _taken = taken;
        new Thread(Run) { IsBackground = true, Name = "rank input" }.Start();
    }

    /// <summary>Takes a piece; an empty one is the end.</summary>
    public void Add(ReadOnlyMemory<byte> piece) => _pieces.Add(piece);

    private void Run()
    {
        bool refused = false;
        foreach (ReadOnlyMemory<byte> piece in _pieces.GetConsumingEnumerable())
        {
            if (piece.IsEmpty)
                break;
            // A rank that has closed its stdin, or has ended, does not want the rest.
            refused = refused || Linux.WriteWhole(_pipe, piece.Span) != Errno.None;
            _taken();
        }

        _pipe.Dispose();
    }
}
