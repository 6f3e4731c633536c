using System;
using System.Numerics;

namespace Umps.Collectives;

/// <summary>The reductions of one type by operator, made when the type is first reduced.</summary>
internal static class Reductions<T>
    where T : unmanaged
{
    private static readonly Reduction?[] s_byKind = Reductions.Make<T>();

    /// <summary>The reduction by an operator of the library; null where the type has none.</summary>
    public static Reduction? Of(OpKind kind) => s_byKind[(int)kind];
}

/// <summary>Which types have which operators.</summary>
/// <remarks>The comparisons of types are settled when the code for T is compiled: nothing is looked up at run time, and Native AOT compiles the kernels of T alone.</remarks>
internal static class Reductions
{
    private const int Kinds = (int)OpKind.MaxLoc + 1;

    public static Reduction?[] Make<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
            return Numbers<double>();
        if (typeof(T) == typeof(float))
            return Numbers<float>();
        if (typeof(T) == typeof(int))
            return Integers<int>();
        if (typeof(T) == typeof(long))
            return Integers<long>();
        if (typeof(T) == typeof(sbyte))
            return Integers<sbyte>();
        if (typeof(T) == typeof(byte))
            return Integers<byte>();
        if (typeof(T) == typeof(short))
            return Integers<short>();
        if (typeof(T) == typeof(ushort))
            return Integers<ushort>();
        if (typeof(T) == typeof(uint))
            return Integers<uint>();
        if (typeof(T) == typeof(ulong))
            return Integers<ulong>();
        if (typeof(T) == typeof(nint))
            return Integers<nint>();
        if (typeof(T) == typeof(nuint))
            return Integers<nuint>();
        if (typeof(T) == typeof(Int128))
            return Integers<Int128>();
        if (typeof(T) == typeof(UInt128))
            return Integers<UInt128>();
        if (typeof(T) == typeof(char))
            return Integers<char>();
        if (typeof(T) == typeof(bool))
            return Booleans();
        if (typeof(T) == typeof(Half))
            return Numbers<Half>();
        if (typeof(T) == typeof(decimal))
            return Numbers<decimal>();
        if (typeof(T) == typeof(Complex))
            return Sums<Complex>();
        return MakeLocated<T>();
    }

    private static Reduction?[] MakeLocated<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(ValueLoc<double>))
            return Located<double>();
        if (typeof(T) == typeof(ValueLoc<float>))
            return Located<float>();
        if (typeof(T) == typeof(ValueLoc<int>))
            return Located<int>();
        if (typeof(T) == typeof(ValueLoc<long>))
            return Located<long>();
        if (typeof(T) == typeof(ValueLoc<sbyte>))
            return Located<sbyte>();
        if (typeof(T) == typeof(ValueLoc<byte>))
            return Located<byte>();
        if (typeof(T) == typeof(ValueLoc<short>))
            return Located<short>();
        if (typeof(T) == typeof(ValueLoc<ushort>))
            return Located<ushort>();
        if (typeof(T) == typeof(ValueLoc<uint>))
            return Located<uint>();
        if (typeof(T) == typeof(ValueLoc<ulong>))
            return Located<ulong>();
        if (typeof(T) == typeof(ValueLoc<nint>))
            return Located<nint>();
        if (typeof(T) == typeof(ValueLoc<nuint>))
            return Located<nuint>();
        if (typeof(T) == typeof(ValueLoc<Int128>))
            return Located<Int128>();
        if (typeof(T) == typeof(ValueLoc<UInt128>))
            return Located<UInt128>();
        if (typeof(T) == typeof(ValueLoc<char>))
            return Located<char>();
        if (typeof(T) == typeof(ValueLoc<Half>))
            return Located<Half>();
        if (typeof(T) == typeof(ValueLoc<decimal>))
            return Located<decimal>();
        return new Reduction?[Kinds];
    }

    private static Reduction?[] Sums<T>()
        where T : unmanaged, INumberBase<T>
    {
        var table = new Reduction?[Kinds];
        table[(int)OpKind.Sum] = new KernelReduction<T, SumKernel<T>>();
        table[(int)OpKind.Prod] = new KernelReduction<T, ProdKernel<T>>();
        return table;
    }

    private static Reduction?[] Numbers<T>()
        where T : unmanaged, INumber<T>
    {
        Reduction?[] table = Sums<T>();
        table[(int)OpKind.Min] = new KernelReduction<T, MinKernel<T>>();
        table[(int)OpKind.Max] = new KernelReduction<T, MaxKernel<T>>();
        return table;
    }

    private static Reduction?[] Integers<T>()
        where T : unmanaged, IBinaryInteger<T>
    {
        Reduction?[] table = Numbers<T>();
        AddLogic<T>(table);
        return table;
    }

    /// <summary>A bool is a byte of 0 or 1, and the kernels of bytes keep it so.</summary>
    private static Reduction?[] Booleans()
    {
        var table = new Reduction?[Kinds];
        AddLogic<byte>(table);
        return table;
    }

    private static void AddLogic<T>(Reduction?[] table)
        where T : unmanaged, IBinaryInteger<T>
    {
        table[(int)OpKind.Land] = new KernelReduction<T, LandKernel<T>>();
        table[(int)OpKind.Lor] = new KernelReduction<T, LorKernel<T>>();
        table[(int)OpKind.Lxor] = new KernelReduction<T, LxorKernel<T>>();
        table[(int)OpKind.Band] = new KernelReduction<T, BandKernel<T>>();
        table[(int)OpKind.Bor] = new KernelReduction<T, BorKernel<T>>();
        table[(int)OpKind.Bxor] = new KernelReduction<T, BxorKernel<T>>();
    }

    private static Reduction?[] Located<T>()
        where T : unmanaged, INumber<T>
    {
        var table = new Reduction?[Kinds];
        table[(int)OpKind.MinLoc] = new KernelReduction<ValueLoc<T>, MinLocKernel<T>>();
        table[(int)OpKind.MaxLoc] = new KernelReduction<ValueLoc<T>, MaxLocKernel<T>>();
        return table;
    }
}
