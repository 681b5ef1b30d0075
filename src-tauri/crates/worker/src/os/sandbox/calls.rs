//! Seccomp: the system calls that decoding, drawing and encoding need, and no others. A call
//! that is not listed fails with "not permitted"; nothing is killed for it, so that a library
//! that merely tries something goes on. `memfd_create` is not listed: such files take memory
//! that no limit of the process counts.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

/// Calls that are allowed whatever their arguments.
const ALLOWED: &[i64] = &[
    // Descriptors that are open, and files that Landlock lets through.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_openat,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_ftruncate,
    libc::SYS_fadvise64,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_eventfd2,
    libc::SYS_pipe2,
    // The channel to the engine, which is open already.
    libc::SYS_recvmsg,
    libc::SYS_sendmsg,
    libc::SYS_recvfrom,
    libc::SYS_sendto,
    libc::SYS_shutdown,
    libc::SYS_getsockopt,
    // Memory.
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    // Threads, time, signals to itself.
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_get_robust_list,
    libc::SYS_rseq,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrusage,
    libc::SYS_getrandom,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_membarrier,
    libc::SYS_restart_syscall,
    libc::SYS_getpriority,
    libc::SYS_set_tid_address,
];

/// The same calls under older names, which only x86-64 has.
#[cfg(target_arch = "x86_64")]
const ALLOWED_HERE: &[i64] = &[
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_readlink,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_dup2,
    libc::SYS_time,
    libc::SYS_arch_prctl,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[i64] = &[];

/// The flags of `clone` that make new namespaces.
pub(super) const NAMESPACES: [i32; 7] = [
    libc::CLONE_NEWNS,
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
];

/// Installs the filters for all threads; false where the kernel has none.
pub(super) fn restrict() -> bool {
    let installed = filters().and_then(|filters| {
        // Of several filters the strictest answer counts. The list of calls comes last: it
        // forbids adding more.
        filters.iter().try_for_each(|filter| seccompiler::apply_filter_all_threads(filter))
    });
    if let Err(error) = &installed {
        eprintln!("cropmark-worker: the filter of system calls was not taken: {error}");
    }
    installed.is_ok()
}

fn filters() -> Result<[BpfProgram; 2], seccompiler::Error> {
    Ok([without_clone3()?, program()?])
}

/// Says that `clone3`, whose flags a filter cannot see, is not there; the C library then falls
/// back to `clone`.
fn without_clone3() -> Result<BpfProgram, seccompiler::BackendError> {
    let absent = SeccompAction::Errno(libc::ENOSYS as u32);
    let rules = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    filter(rules, SeccompAction::Allow, absent)
}

fn program() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED.iter().chain(ALLOWED_HERE).map(|call| (*call, Vec::new())).collect();
    rules.insert(libc::SYS_clone3, Vec::new());
    rules.insert(libc::SYS_clone, vec![threads_only()?]);
    rules.insert(libc::SYS_prlimit64, vec![reading_limits()?]);
    // Not the owner of a descriptor, who may be signalled.
    let descriptors = [
        libc::F_DUPFD,
        libc::F_DUPFD_CLOEXEC,
        libc::F_GETFD,
        libc::F_SETFD,
        libc::F_GETFL,
        libc::F_SETFL,
    ];
    rules.insert(libc::SYS_fcntl, only(1, &descriptors)?);
    // Not whether it dies with its parent.
    let named = [libc::PR_SET_NAME, libc::PR_GET_NAME, libc::PR_SET_THP_DISABLE];
    rules.insert(libc::SYS_prctl, only(0, &named)?);
    // Landlock keeps signals in only on newer kernels.
    let own = rustix::process::getpid().as_raw_pid();
    rules.insert(libc::SYS_tgkill, only(0, &[own])?);
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    filter(rules, refused, SeccompAction::Allow)
}

fn filter(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    matched: SeccompAction,
) -> Result<BpfProgram, seccompiler::BackendError> {
    let architecture = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, otherwise, matched, architecture)?.try_into()
}

/// `clone` only for threads of this process, in its own namespaces.
fn threads_only() -> Result<SeccompRule, seccompiler::BackendError> {
    let thread = libc::CLONE_THREAD.cast_unsigned();
    let flags = NAMESPACES.iter().fold(thread, |flags, flag| flags | flag.cast_unsigned());
    let operator = SeccompCmpOp::MaskedEq(flags.into());
    let condition = SeccompCondition::new(0, SeccompCmpArgLen::Qword, operator, u64::from(thread))?;
    SeccompRule::new(vec![condition])
}

/// Only with one of these values as the argument at this place, an `int`.
fn only(place: u8, values: &[i32]) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let rule = |value: &i32| {
        let (length, value) = (SeccompCmpArgLen::Dword, u64::from(value.cast_unsigned()));
        let condition = SeccompCondition::new(place, length, SeccompCmpOp::Eq, value)?;
        SeccompRule::new(vec![condition])
    };
    values.iter().map(rule).collect()
}

/// `prlimit64` only to ask: the new limit is a null pointer.
fn reading_limits() -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(2, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)?])
}
