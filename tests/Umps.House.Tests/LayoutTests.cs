using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Umps.Transport;
using Xunit;

namespace Umps.Tests;

/// <summary>Structs that other processes or the kernel read: nothing about them is left to the compiler.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void FrameHeader_Is24BytesAtTheirPlaces()
    {
        Assert.Equal(24, Unsafe.SizeOf<FrameHeader>());
        Assert.Equal(
            [("Sequence", 0), ("Kind", 4), ("Flags", 5), ("InlineBytes", 6), ("Word0", 8), ("Word1", 16), ("Word2", 20)],
            Offsets(typeof(FrameHeader)));
    }

    [Fact]
    public void SharedStructs_StateEveryOffset()
    {
        IEnumerable<Type> shared = typeof(Endpoint).Assembly.GetTypes()
            .Where(type => type.IsValueType && !type.IsEnum && (type.Name.EndsWith("Layout", StringComparison.Ordinal) || type.Name.EndsWith("Header", StringComparison.Ordinal)
                || type.Name is "Descriptor" or "RingSlot" || type.Name.EndsWith("Slot", StringComparison.Ordinal) || type.Name.EndsWith("Line", StringComparison.Ordinal)));

        foreach (Type type in shared)
        {
            Assert.True(type.IsExplicitLayout, $"{type.FullName} is shared between processes: [StructLayout(LayoutKind.Explicit, Size = …)] and a FieldOffset on each field");
            Assert.True(type.StructLayoutAttribute!.Size > 0, $"{type.FullName} states its size");
            List<(string Name, int Offset)> offsets = Offsets(type);
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                Assert.True(SizeOf(field.FieldType) is var size && offsets.First(o => o.Name == field.Name).Offset % Math.Min(size, 8) == 0, $"{type.FullName}.{field.Name} is not aligned to its size: it may tear");
        }
    }

    private static List<(string Name, int Offset)> Offsets(Type type) =>
        [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(field => (field.Name, Offset: field.GetCustomAttribute<FieldOffsetAttribute>()?.Value ?? -1)).OrderBy(o => o.Offset)];

    private static int SizeOf(Type type) => type.IsPrimitive || type.IsEnum ? Marshal.SizeOf(type.IsEnum ? Enum.GetUnderlyingType(type) : type) : 1;
}
