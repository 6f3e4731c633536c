using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Umps.Transport.Interop;

namespace Umps.Transport.Pool;

/// <summary>Does for each message what a static pool and ATB spare (<see cref="PerMessageWork"/>): real system calls on real pages, beside the message's own way, which stays as it is.</summary>
/// <remarks>
/// Sending pins the pages of the program's own buffer. Receiving pins a page of this class instead: frames arrive in the pool, whose lock one munlock(2) would end.
/// Done at once, not around the copy: what it costs is the same, and a link agent's senders return before the message has left.
/// </remarks>
internal sealed unsafe class PerMessageCost : IDisposable
{
    private const int PageBytes = PoolLayout.PageBytes;

    /// <summary>Pages of the stand-in for a receive buffer: those of the longest message.</summary>
    private const int OwnBytes = LinkOptions.EagerBytesMaxMax;

    private readonly PerMessageWork _work;
    private readonly byte* _own;
    private readonly int _memory = -1;
    private readonly SafeFileHandle? _pageMap;

    private PerMessageCost(PerMessageWork work)
    {
        _work = work;
        _own = (byte*)NativeMemory.AlignedAlloc(OwnBytes, PageBytes);
        new Span<byte>(_own, OwnBytes).Clear();
        if (work != PerMessageWork.Map)
            return;
        _memory = Linux.CreateSealedMemory("umps-per-message", OwnBytes, out _, out _);
        try
        {
            _pageMap = PageMap.Open();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // No /proc here: the walk is left out, the mapping is not.
        }
    }

    /// <summary>Bytes that it read, allocated or locked last, so that no work is for nothing; for tests.</summary>
    internal ulong Last { get; private set; }

    /// <summary>Null where nothing is asked for, so that a message pays one look at a field.</summary>
    public static PerMessageCost? Of(PerMessageWork work) => work == PerMessageWork.None ? null : new PerMessageCost(work);

    /// <summary>A message is sent.</summary>
    public void OnSend(ReadOnlySpan<byte> payload)
    {
        fixed (byte* first = payload)
            Work(first == null ? _own : first, payload.Length);
    }

    /// <summary>A message is received.</summary>
    public void OnReceive(int lengthBytes) => Work(_own, lengthBytes);

    /// <summary>Gives back what it holds.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_own);
        if (_memory >= 0)
            Linux.Close(_memory);
        _pageMap?.Dispose();
    }

    private void Work(byte* address, int lengthBytes)
    {
        switch (_work)
        {
            case PerMessageWork.Pin:
                byte* page = (byte*)((nuint)address & ~(nuint)(PageBytes - 1));
                long length = address + Math.Max(1, lengthBytes) - page;
                if (Linux.Lock(page, length) == Errno.None)
                    Linux.Unlock(page, length);
                Last = (ulong)length;
                break;
            case PerMessageWork.Map:
                Map(PagesOf(lengthBytes));
                break;
            case PerMessageWork.Allocate:
                Allocate(PagesOf(lengthBytes), lengthBytes);
                break;
        }
    }

    private static int PagesOf(int lengthBytes) => Math.Min(OwnBytes / PageBytes, (Math.Max(1, lengthBytes) + PageBytes - 1) / PageBytes);

    /// <summary>Maps pages, touches each so that it is in the page table, walks that, and unmaps them.</summary>
    private void Map(int pages)
    {
        byte* mapped = _memory < 0 ? null : Linux.MapAgain(_memory, (long)pages * PageBytes);
        if (mapped == null)
            return;
        Span<ulong> physical = stackalloc ulong[pages];
        for (int i = 0; i < pages; i++)
            physical[i] = mapped[i * PageBytes];
        if (_pageMap is { } map)
            PageMap.TryRead(map, (nint)mapped, physical);
        Last = physical[0];
        Linux.Unmap(mapped, (long)pages * PageBytes);
    }

    /// <summary>A fresh buffer, touched, and a descriptor for each unit of it; both freed.</summary>
    private void Allocate(int pages, int lengthBytes)
    {
        byte* fresh = Linux.MapFresh((long)pages * PageBytes, out _);
        if (fresh == null)
            return;
        int units = (Math.Max(1, lengthBytes) + (1 << PoolSize.UnitShift) - 1) >> PoolSize.UnitShift;
        var descriptors = (Descriptor*)NativeMemory.AllocZeroed((nuint)units, (nuint)sizeof(Descriptor));
        for (int i = 0; i < pages; i++)
            fresh[i * PageBytes] = 1;
        for (int i = 0; i < units; i++)
        {
            descriptors[i].Offset = (ulong)fresh + ((ulong)i << PoolSize.UnitShift);
            descriptors[i].Length = (uint)Math.Min(lengthBytes - (i << PoolSize.UnitShift), 1 << PoolSize.UnitShift);
        }
        Last = descriptors[units - 1].Offset;
        NativeMemory.Free(descriptors);
        Linux.Unmap(fresh, (long)pages * PageBytes);
    }
}
