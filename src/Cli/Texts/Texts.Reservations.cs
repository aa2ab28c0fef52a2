using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>What the verbs about reservations say.</summary>
internal static partial class Texts
{
    public static readonly Phrase Reservation = new(
        "Reservations: capacity of a pool held for an interval of time", "预留：在一段时间内为项目保留资源池的资源");
    public static readonly Phrase ReservationAdd = new(
        "Hold capacity of a pool for an interval of time; jobs use it by 'reservation: NAME'", "预留资源池的资源；作业以 reservation: NAME 使用");
    public static readonly Phrase ReservationList = new("List the reservations, the newest first", "列出预留，最新的在前");
    public static readonly Phrase ReservationShow = new("Show a reservation with its nodes and what its jobs take of them", "显示预留及其节点和使用情况");
    public static readonly Phrase ReservationCancel = new(
        "End a reservation; its jobs end with it, and the time that is left is refunded", "取消预留；其作业随之结束，剩余时间退款");
    public static readonly Phrase ReservationName = new("The reservation's name in its project", "预留在项目中的名称");
    public static readonly Phrase ReservationArgument = new("The reservation's number or name", "预留编号或名称");
    public static readonly Phrase ReservationPool = new("The pool, SITE/POOL", "资源池：站点/资源池");
    public static readonly Phrase ReservationFrom = new(
        "When it begins: a time such as 2026-12-01T20:00+08:00, a duration from now such as 2h, or now", "开始：时间（如 2026-12-01T20:00+08:00）、距现在的时长（如 2h）或 now");
    public static readonly Phrase ReservationTo = new(
        "When it ends: a time, or a duration from its beginning such as 8h", "结束：时间，或距开始的时长（如 8h）");
    public static readonly Phrase ReservationProject = new("The project that pays and whose jobs use it; the token's own unless given", "付费并使用预留的项目；默认为令牌所属项目");
    public static readonly Phrase ReservationCount = new("How many tasks' worth; 1 unless given", "多少个任务的份量；默认为 1");
    public static readonly Phrase ReservationNodes = new("So many whole nodes instead of tasks' worth", "预留若干整机，而非任务份量");
    public static readonly Phrase ReservationCpu = new("Cores of each; 1 unless given", "每份的核数；默认为 1");
    public static readonly Phrase ReservationMemory = new("Memory of each, such as 16GiB; 256MiB unless given", "每份的内存，如 16GiB；默认 256MiB");
    public static readonly Phrase ReservationDisk = new("Scratch space of each; 256MiB unless given", "每份的磁盘；默认 256MiB");
    public static readonly Phrase ReservationAccelerators = new("Accelerators of each; none unless given", "每份的加速器数；默认没有");
    public static readonly Phrase ReservationModel = new("Their model; any unless given", "加速器型号；默认不限");
    public static readonly Phrase ReservationClass = new("Their class, such as gpu; any unless given", "加速器类别，如 gpu；默认不限");
    public static readonly Phrase ReservationFraction = new("The share of each accelerator, such as 0.5; 1 unless given", "每个加速器的份额，如 0.5；默认为 1");
    public static readonly Phrase ReservationDryRun = new("Only say what it would cost and where it would be", "仅给出价格与所在节点");
    public static readonly Phrase ReservationStateOption = new("Only those that are waiting, active, over or cancelled", "仅列出 waiting、active、over 或 cancelled 状态");
    public static readonly Phrase ReservationMade = new("{0} is held at {1} from {2} to {3} for {4}, used or not.", "{0} 已预留于 {1}，{2} 至 {3}，费用 {4}，无论是否使用。");
    public static readonly Phrase ReservationCancelled = new("Reservation {0} is cancelled; {1} was charged.", "预留 {0} 已取消；已扣费 {1}。");
    public static readonly Phrase NoReservation = new("There is no reservation '{0}'.", "没有预留“{0}”。");
    public static readonly Phrase NodesOrSeats = new("--nodes holds whole nodes: leave the amounts out.", "--nodes 预留整机：请勿再给出数量。");
    public static readonly Phrase TimeWord = new("time", "时间");
    public static readonly Phrase SizeWord = new("size", "数据量");
    public static readonly Phrase ColumnBegins = new("BEGINS", "开始");
    public static readonly Phrase ColumnEnds = new("ENDS", "结束");
    public static readonly Phrase ColumnCharged = new("CHARGED", "已扣费");
}
