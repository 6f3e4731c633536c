namespace Umps.Transport.Rings;

/// <summary>What the rings of units carry: a unit's number, and sometimes a generation above it.</summary>
/// <remarks>A struct of this assembly, where a plain uint would do: the ReadyToRun compiler makes code for our rings over our types only; over the framework's, every rank that starts would compile them.</remarks>
internal readonly struct UnitWord(uint value)
{
    private readonly uint _value = value;

    public static implicit operator uint(UnitWord word) => word._value;

    public static implicit operator UnitWord(uint value) => new(value);
}
