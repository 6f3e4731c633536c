using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Umps.Transport.Interop;

/// <summary>Texts as C has them, for argv and environ: UTF-8 with a zero behind each, and a null behind the last pointer.</summary>
internal readonly unsafe struct NativeTexts : IDisposable
{
    private readonly void* _memory;

    /// <summary>Copies them; one allocation holds the pointers and the texts.</summary>
    public NativeTexts(IReadOnlyList<string> texts)
    {
        int pointerBytes = (texts.Count + 1) * sizeof(byte*), bytes = pointerBytes;
        for (int i = 0; i < texts.Count; i++)
            bytes += Encoding.UTF8.GetByteCount(texts[i]) + 1;
        _memory = NativeMemory.Alloc((nuint)bytes);
        Pointers = (byte**)_memory;
        byte* next = (byte*)_memory + pointerBytes, end = (byte*)_memory + bytes;
        for (int i = 0; i < texts.Count; i++)
        {
            Pointers[i] = next;
            next += Encoding.UTF8.GetBytes(texts[i], new Span<byte>(next, (int)(end - next)));
            *next++ = 0;
        }

        Pointers[texts.Count] = null;
    }

    /// <summary>What a C function takes.</summary>
    public byte** Pointers { get; }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(_memory);
}
