using System;
using Umps.Buffers;
using Xunit;

namespace Umps.Tests;

/// <summary>The hash that a message carries of its type.</summary>
public class TypeHashTests
{
    /// <summary>FNV-1a, 32 bits, of "System.Double" and "System.Int32": written down here, so that a change would show; ranks of two builds must agree.</summary>
    [Fact]
    public void Of_IsTheSameInEveryProcess()
    {
        Assert.Equal(Fnv("System.Double"), TypeHash<double>.Value);
        Assert.Equal(Fnv("System.Int32"), TypeHash<int>.Value);
        Assert.Equal(0u, TypeHash<byte>.Value);
        Assert.NotEqual(TypeHash<int>.Value, TypeHash<DayOfWeek>.Value);
        Assert.NotEqual(TypeHash<(int, long)>.Value, TypeHash<(long, int)>.Value);

        static uint Fnv(string text)
        {
            uint hash = 2166136261;
            foreach (char letter in text)
                hash = (hash ^ letter) * 16777619;
            return hash;
        }
    }

    [Fact]
    public void NameOf_KnowsPrimitivesAndWhatThisProcessUses()
    {
        Assert.Equal("double", TypeHash.NameOf(TypeHash.Of(typeof(double))));
        Assert.Equal("byte", TypeHash.NameOf(0));
        Assert.Equal("System.DayOfWeek", TypeHash.NameOf(TypeHash<DayOfWeek>.Value));
        Assert.StartsWith("a type this rank does not use", TypeHash.NameOf(12345), StringComparison.Ordinal);
    }
}
